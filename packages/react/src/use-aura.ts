import {
  type AuraEventName,
  type AuraInstance,
  type AuraListener,
  EVENT_KEYS,
  EVENT_NAMES,
  type InitOptions,
  init,
  optionsIn,
} from "@orcha/widget";
import { type RefObject, useEffect, useRef, useState } from "react";

/** A property for each event: `onMessageSent` hears of `message:sent`. */
export type AuraHandlers = {
  readonly [Name in AuraEventName as `on${Capitalize<(typeof EVENT_KEYS)[Name]>}`]?:
    | AuraListener<Name>
    | undefined;
};

/** Has a widget on the page while the component is mounted, and follows its options. Undefined until it is there. */
export function useAura(
  options: InitOptions & AuraHandlers,
  container?: RefObject<Element | null>,
): AuraInstance | undefined {
  const [instance, setInstance] = useState<AuraInstance>();
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });
  const { id, authToken, target } = options;

  // biome-ignore lint/correctness/useExhaustiveDependencies: another id is another widget; all else is followed below
  useEffect(() => {
    const made = init(placed(latest.current, container));
    if (made) for (const name of EVENT_NAMES) passOn(made, name, latest);
    setInstance(made);
    return () => {
      made?.destroy();
      setInstance(undefined);
    };
  }, [id, container]);

  // Objects written into the markup are others with each render: what they say decides.
  const said = JSON.stringify({ ...optionsIn(options), authToken: null, target: null });
  // biome-ignore lint/correctness/useExhaustiveDependencies: these tell that the latest options say something else
  useEffect(() => {
    instance?.update(placed(latest.current, container));
  }, [instance, said, authToken, target, container]);

  return instance;
}

/** The options, with the component's own element as the place of an inline chat unless there is another. */
function placed(
  properties: InitOptions,
  container: RefObject<Element | null> | undefined,
): InitOptions {
  const options = optionsIn(properties);
  return { ...options, target: options.target ?? container?.current ?? undefined };
}

/** The handler of that moment is called, so that another one with the next render costs nothing. */
function passOn<Name extends AuraEventName>(
  instance: AuraInstance,
  name: Name,
  latest: RefObject<AuraHandlers>,
): void {
  instance.on(name, (event) => handlerOf(latest.current, name)?.(event));
}

function handlerOf<Name extends AuraEventName>(handlers: AuraHandlers, name: Name) {
  const key = EVENT_KEYS[name];
  const all: Readonly<Record<string, unknown>> = handlers;
  // The compiler does not follow a name through its first letter; AuraHandlers says the same.
  return all[`on${key.charAt(0).toUpperCase()}${key.slice(1)}`] as AuraListener<Name> | undefined;
}
