import {
  type AuraEventName,
  type AuraEvents,
  type AuraInstance,
  EVENT_KEYS,
  EVENT_NAMES,
  type InitOptions,
  init,
  OPTION_NAMES,
  optionsIn,
} from "@orcha/widget";
import {
  defineComponent,
  h,
  onBeforeUnmount,
  onMounted,
  type SetupContext,
  shallowRef,
  watch,
} from "vue";

/** An event of the component for each of the widget's: `@message-sent` hears of `message:sent`. */
type Emits = {
  readonly [Name in AuraEventName as (typeof EVENT_KEYS)[Name]]: (
    event: CustomEvent<AuraEvents[Name] & { readonly id: string }>,
  ) => boolean;
};

/** What a template's ref of the component gives. */
export interface AuraChatExposed {
  /** Undefined until the component is mounted. */
  readonly instance: AuraInstance | undefined;
}

/** A chat: a button in the corner, or with `mode="inline"` a part of the page where this stands. */
export const AuraChat = defineComponent<InitOptions, Emits>(
  (props, { emit, expose }) => {
    const container = shallowRef<Element>();
    const instance = shallowRef<AuraInstance>();
    expose({ instance });

    const options = () => ({
      ...optionsIn(props),
      target: props.target ?? container.value,
    });
    const start = () => {
      const made = init(options());
      for (const name of EVENT_NAMES) {
        made?.on(name, (event) => emitAny(emit, EVENT_KEYS[name], event));
      }
      instance.value = made;
    };
    const stop = () => {
      instance.value?.destroy();
      instance.value = undefined;
    };
    onMounted(start);
    onBeforeUnmount(stop);
    // After the markup, so that an inline chat's place is there.
    watch(
      () => ({ ...props }),
      (now, before) => {
        if (now.id === before.id) return instance.value?.update(options());
        stop();
        start();
      },
      { deep: true, flush: "post" },
    );

    return () =>
      props.mode === "inline" && props.target === undefined ? h("div", { ref: container }) : null;
  },
  {
    name: "AuraChat",
    props: {
      ...Object.fromEntries(OPTION_NAMES.map((name) => [name, null])),
      apiBaseUrl: { type: String, required: true },
      // So that <AuraChat use-rag> is true, and none of them is what the widget's default says.
      useRag: { type: Boolean, default: undefined },
      history: { type: Boolean, default: undefined },
    },
    emits: EVENT_NAMES.map((name) => EVENT_KEYS[name]),
  },
);

/** Each event goes with its own name; the compiler takes one pair at a time. */
function emitAny(emit: SetupContext<Emits>["emit"], key: string, event: CustomEvent): void {
  (emit as (key: string, event: CustomEvent) => void)(key, event);
}
