import {
  type AuraInstance,
  EVENT_NAMES,
  type InitOptions,
  init,
  OPTION_NAMES,
  optionsFromData,
  optionsIn,
} from "@orcha/widget";

/** Every option but `id`, which is the element's own, is also a property of the element. */
export type OptionProperties = {
  -readonly [Name in Exclude<keyof InitOptions, "id">]: InitOptions[Name] | undefined;
};

const PROPERTIES = OPTION_NAMES.filter((name) => name !== "id");
const ServerSafeElement = globalThis.HTMLElement ?? class {};

/**
 * `<aura-widget api-base-url="https://chat.example.com">`: a chat while the element is in the document. Attributes are
 * those of the script tag without their `data-`. Properties go before them and take what is no text, such as a function.
 * The widget's events are the element's: `aura:open`, `aura:message:sent` …
 */
export class AuraWidgetElement extends ServerSafeElement {
  #instance: AuraInstance | undefined;
  readonly #properties: Record<string, unknown> = {};
  #attributes: MutationObserver | undefined;

  constructor() {
    super();
    // What was set on the element before this code had loaded hides the accessors of the class.
    for (const name of PROPERTIES.filter((name) => Object.hasOwn(this, name))) {
      this.#properties[name] = Reflect.get(this, name);
      Reflect.deleteProperty(this, name);
    }
  }

  static {
    for (const name of PROPERTIES) {
      Object.defineProperty(AuraWidgetElement.prototype, name, {
        get(this: AuraWidgetElement) {
          return this.#properties[name];
        },
        set(this: AuraWidgetElement, value: unknown) {
          this.#properties[name] = value;
          if (this.isConnected) this.#follow();
        },
      });
    }
  }

  /** The widget; undefined while the element is in no document, or says not where the server is. */
  get instance(): AuraInstance | undefined {
    return this.#instance;
  }

  connectedCallback(): void {
    this.#attributes = new MutationObserver((changes) => {
      if (changes.some(({ attributeName }) => isOption(attributeName))) this.#follow();
    });
    this.#attributes.observe(this, { attributes: true });
    this.#follow();
  }

  disconnectedCallback(): void {
    this.#attributes?.disconnect();
    this.#instance?.destroy();
    this.#instance = undefined;
  }

  /** Brings the widget to what the element says, and makes it when there is none. */
  #follow(): void {
    const options = this.#read();
    if (!options) return;
    if (this.#instance) this.#instance.update(options);
    else this.#start(options);
  }

  #start(options: InitOptions): void {
    const instance = init(options);
    for (const name of EVENT_NAMES) instance?.on(name, (event) => this.#passOn(event));
    this.#instance = instance;
  }

  #read(): InitOptions | undefined {
    const attributes = [...this.attributes].filter(({ name }) => isOption(name));
    const texts = Object.fromEntries(
      attributes.map(({ name, value }) => [camelCased(name), value]),
    );
    const properties = Object.entries(this.#properties).filter(([, value]) => value !== undefined);
    const given = Object.fromEntries(properties);
    if (texts.apiBaseUrl === undefined && given.apiBaseUrl === undefined) return undefined;

    const options: InitOptions = { ...optionsFromData({ apiBaseUrl: "", ...texts }), ...given };
    return optionsIn({ target: options.mode === "inline" ? this : undefined, ...options });
  }

  /** Events of an inline chat come through this element by themselves; those of any other happen elsewhere on the page. */
  #passOn(event: CustomEvent): void {
    if (event.composedPath().includes(this)) return;
    this.dispatchEvent(new CustomEvent(event.type, { detail: event.detail }));
  }
}

/** Whether an attribute is an option, or a part of one: `header`, `header-title`. */
function isOption(attribute: string | null): boolean {
  const name = camelCased(attribute ?? "");
  return OPTION_NAMES.some((option) => name.startsWith(option));
}

function camelCased(attribute: string): string {
  return attribute.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
