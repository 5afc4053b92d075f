declare module 'write-file-atomic' {
  interface Options {
    readonly mode?: number;
    readonly fsync?: boolean;
  }
  export function sync(file: string, data: string | Uint8Array, options?: Options): void;
  export default function writeFile(file: string, data: string | Uint8Array, options?: Options): Promise<void>;
}
