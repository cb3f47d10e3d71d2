import type { AuraInstance, InitOptions } from "@orcha/widget";
import {
  type CSSProperties,
  createElement,
  type ForwardRefExoticComponent,
  forwardRef,
  type RefAttributes,
  useImperativeHandle,
  useRef,
} from "react";
import { type AuraHandlers, useAura } from "./use-aura.ts";

/** The options of `init`, a handler for each event, and how the place of an inline chat looks. */
export interface AuraChatProps extends InitOptions, AuraHandlers {
  readonly className?: string | undefined;
  readonly style?: CSSProperties | undefined;
}

/**
 * A chat: a button in the corner, or with `mode="inline"` a part of the page where this stands. Its ref is the widget's
 * instance.
 */
export const AuraChat: ForwardRefExoticComponent<AuraChatProps & RefAttributes<AuraInstance>> =
  forwardRef<AuraInstance | undefined, AuraChatProps>(function AuraChat(
    { className, style, ...options },
    ref,
  ) {
    const container = useRef<HTMLDivElement>(null);
    const instance = useAura(options, container);
    useImperativeHandle(ref, () => instance, [instance]);

    if (options.mode !== "inline" || options.target !== undefined) return null;
    return createElement("div", { ref: container, className, style });
  });
