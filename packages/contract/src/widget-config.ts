import * as z from "zod";

/** What a tenant decided about its widget; every page that may embed it may know. */
export const widgetConfigSchema = z.object({
  name: z.string(),
  identity: z.enum(["off", "optional", "required"]).meta({
    description: "`required`: only those who are signed in may chat.",
  }),
  accent: z.string().nullable().meta({
    description: "Six hexadecimal digits such as #2f6fed; null is the widget's own.",
  }),
});
export type WidgetConfig = z.output<typeof widgetConfigSchema>;
