import { openApiDocument } from "@orcha/contract/openapi";
import { checkSettings } from "./budgets/check-settings.ts";
import { askDatabase } from "./db/ask-database.ts";
import { openRoute, type Route } from "./http/access/route.ts";
import type { AddressReader } from "./http/address.ts";
import { OpenAnswers } from "./http/open-answers.ts";
import { adminConversationRoutes } from "./http/routes/admin-conversations.ts";
import { auditRoutes } from "./http/routes/audit.ts";
import { chatRoutes } from "./http/routes/chat-v2.ts";
import { conversationRoutes } from "./http/routes/conversations.ts";
import { feedbackRoutes } from "./http/routes/feedback.ts";
import { healthz, readyz } from "./http/routes/health.ts";
import { keyRoutes } from "./http/routes/keys.ts";
import { meRoutes } from "./http/routes/me.ts";
import { operatorRoutes } from "./http/routes/operators.ts";
import { ownConversationRoutes } from "./http/routes/own-conversations.ts";
import { priceRoutes } from "./http/routes/prices.ts";
import { searchRoutes } from "./http/routes/search.ts";
import { secretRoutes } from "./http/routes/secrets.ts";
import { sessionRoutes } from "./http/routes/session.ts";
import { subjectRoutes } from "./http/routes/subjects.ts";
import { tenantRoutes } from "./http/routes/tenants.ts";
import { turnRoutes } from "./http/routes/turns.ts";
import { usageRoutes } from "./http/routes/usage.ts";
import { userRoutes } from "./http/routes/users.ts";
import { visitorRoutes } from "./http/routes/visitor.ts";
import { widgetConfigRoutes } from "./http/routes/widget-config.ts";
import { sendJson } from "./http/send.ts";
import { networkOf, truncatedAddress } from "./limits/address.ts";
import { createPasswords } from "./operators/passwords.ts";
import { createSignIn } from "./operators/sign-in.ts";
import { createLabelRecorder } from "./tenants/resolve-tenant.ts";
import type { Services } from "./wiring.ts";

/** Every route of the API, with its policy. */
export function apiRoutes(
  services: Services,
  addressOf: AddressReader,
  version: string,
): readonly Route[] {
  const { config } = services;
  const openAnswers = new OpenAnswers({
    total: config.ORCHA_MAX_OPEN_ANSWERS,
    perVisitor: config.ORCHA_MAX_OPEN_ANSWERS_PER_VISITOR,
  });
  return [
    ...visitorSide(services, openAnswers),
    ...staffSide(services, addressOf),
    ...operations(services, version),
  ];
}

/** What visitors and the tenants' own servers ask for. */
function visitorSide(services: Services, openAnswers: OpenAnswers): readonly Route[] {
  const { config, database, turns, limits, now } = services;
  const { running } = turns;
  const visitor = { visitorKey: services.visitorKey, publicUrl: config.ORCHA_PUBLIC_URL };
  const defaultUserId = config.DEFAULT_WIDGET_USER_ID;
  const defaultTenantId = config.DEFAULT_WIDGET_TENANT_ID;
  const firstTokenMs = config.ORCHA_FIRST_TOKEN_SECONDS * 1000;
  return [
    ...chatRoutes({
      database,
      turns,
      recordLabel: createLabelRecorder({ database, defaultTenantId, now }),
      visitor,
      limitMessages: ({ tenant, caller, network }, owner) => {
        const keyId = caller.kind === "key" ? caller.keyId : undefined;
        limits.message({ tenant, network, owner, keyId });
      },
      defaultUserId,
      defaultTenantId,
      maxTextChars: config.ORCHA_MAX_TEXT_CHARS,
      jsonDeadlines: { firstTokenMs, totalMs: config.ORCHA_JSON_ANSWER_SECONDS * 1000 },
      streamDeadlines: { firstTokenMs, totalMs: config.ORCHA_STREAM_ANSWER_SECONDS * 1000 },
      openAnswers,
      isDraining: () => running.leaving.aborted,
    }),
    ...visitorRoutes(visitor),
    ...widgetConfigRoutes(),
    ...conversationRoutes({ database, defaultUserId, now }),
    ...ownConversationRoutes({ database, running, defaultUserId, now }),
    ...feedbackRoutes({ database, defaultUserId, now }),
    ...turnRoutes({ database, running, defaultUserId, openAnswers, now }),
    ...meRoutes({ database, running, defaultUserId, openAnswers, now }),
  ];
}

/** What operators, and servers with a key, ask for. */
function staffSide(services: Services, addressOf: AddressReader): readonly Route[] {
  const { config, database, visitorKey, findSession, resolveTenant, now } = services;
  const { running } = services.turns;
  const publicUrl = config.ORCHA_PUBLIC_URL;
  const defaultUserId = config.DEFAULT_WIDGET_USER_ID;
  const defaultTenantId = config.DEFAULT_WIDGET_TENANT_ID;
  const passwords = createPasswords();
  return [
    ...sessionRoutes({
      database,
      passwords,
      signIn: createSignIn({ database, passwords, key: visitorKey, now }),
      findSession,
      publicUrl,
      networkOf: (c) => networkOf(addressOf(c)),
      addressOf: (c) => truncatedAddress(addressOf(c)),
      now,
    }),
    ...tenantRoutes({
      database,
      defaultUserId,
      defaultTenantId,
      checkSettings: (tenant) => checkSettings(services.turns, tenant),
    }),
    ...keyRoutes({ database }),
    ...secretRoutes({ database, sealer: services.sealer }),
    ...operatorRoutes({ database, publicUrl }),
    ...auditRoutes({ database }),
    ...adminConversationRoutes({ database, running, now }),
    ...subjectRoutes({ database, running, defaultUserId, visitorKey, now }),
    ...userRoutes({ database, defaultUserId, now }),
    ...searchRoutes({ retriever: services.searcher, resolveTenant }),
    ...usageRoutes({ database, resolveTenant, currency: config.ORCHA_CURRENCY, now }),
    ...priceRoutes({ database, currency: config.ORCHA_CURRENCY }),
  ];
}

/** What a balancer asks, and what describes the rest. */
function operations({ database, turns }: Services, version: string): readonly Route[] {
  const isDraining = () => turns.running.leaving.aborted;
  const document = openApiDocument(version);
  return [
    openRoute("/healthz", healthz),
    openRoute("/readyz", (c) =>
      readyz(c, { askDatabase: () => askDatabase(database), isDraining }),
    ),
    openRoute("/openapi.json", (c) =>
      sendJson(c, 200, document, { "Access-Control-Allow-Origin": "*" }),
    ),
  ];
}
