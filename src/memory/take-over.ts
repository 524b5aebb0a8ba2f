/**
 * Moves a buffer's memory into a new one, without a copy, so that whoever had the old one can
 * neither read it nor give it back: all that is left of that is empty.
 */
export function takeOver(memory: ArrayBuffer): ArrayBuffer {
  return structuredClone(memory, { transfer: [memory] });
}
