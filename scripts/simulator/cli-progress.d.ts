/** The part of cli-progress the demo uses; the package ships no types. */
declare module "cli-progress" {
  export class SingleBar {
    constructor(options: Record<string, unknown>, preset: unknown);
    start(total: number, value: number, payload?: Record<string, unknown>): void;
    update(value: number, payload?: Record<string, unknown>): void;
    stop(): void;
  }
  export const Presets: { shades_classic: unknown };
  const all: { SingleBar: typeof SingleBar; Presets: typeof Presets };
  export default all;
}
