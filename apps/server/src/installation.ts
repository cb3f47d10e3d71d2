/** What a command finds around it: files beside the bundle, and the environment it was started with. */
export interface Installation {
  readonly version: string;
  readonly writerScript: URL;
  readonly ingestScript: URL;
  readonly widgetFolder: URL;
  readonly consoleFolder: URL;
  readonly docsFolder: URL;
  readonly env: Readonly<Record<string, string | undefined>>;
}
