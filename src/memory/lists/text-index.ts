import { hash, randomBytes } from "node:crypto";

/** Unknown to whoever makes the texts, who could give thousands the same place otherwise. */
const secret = randomBytes(16).toString("latin1");

/** Of the hash, in hex: as many as fit into a slot. */
const hashDigits = 8;
const fewestSlots = 64;
/** Of the slots: with more of them in use, looking takes long. */
const mostInUse = 2 / 3;

/** Numbers by text, where the texts are held elsewhere: twelve to twenty-four bytes each. */
export class TextIndex {
  /** Of each slot the text's hash and its number plus one; 0 where it is empty. */
  private slots = new Uint32Array(2 * fewestSlots);
  private count = 0;

  constructor(private readonly textOf: (number: number) => string) {}

  find(text: string): number | undefined {
    return this.findHashed(text, hashOf(text));
  }

  /** @returns the number of the same text where there is one, which stays; else the number stands for the text from here on */
  add(text: string, number: number): number | undefined {
    const hashed = hashOf(text);
    const other = this.findHashed(text, hashed);
    if (other !== undefined) return other;
    if ((this.count + 1) * 2 > this.slots.length * mostInUse) this.grow();
    this.put(hashed, number + 1);
    this.count += 1;
    return undefined;
  }

  private findHashed(text: string, hashed: number): number | undefined {
    for (let slot = this.firstSlot(hashed); this.held(slot + 1) !== 0; slot = this.after(slot)) {
      const number = this.held(slot + 1) - 1;
      if (this.held(slot) === hashed && this.textOf(number) === text) return number;
    }
    return undefined;
  }

  private put(hashed: number, held: number): void {
    let slot = this.firstSlot(hashed);
    while (this.held(slot + 1) !== 0) slot = this.after(slot);
    this.slots[slot] = hashed;
    this.slots[slot + 1] = held;
  }

  private grow(): void {
    const before = this.slots;
    this.slots = new Uint32Array(2 * before.length);
    for (let slot = 0; slot < before.length; slot += 2) {
      const held = before[slot + 1] ?? 0;
      if (held !== 0) this.put(before[slot] ?? 0, held);
    }
  }

  private held(place: number): number {
    return this.slots[place] ?? 0;
  }

  private firstSlot(hashed: number): number {
    return (hashed * 2) % this.slots.length;
  }

  private after(slot: number): number {
    return (slot + 2) % this.slots.length;
  }
}

function hashOf(text: string): number {
  return Number.parseInt(hash("sha256", secret + text).slice(0, hashDigits), 16);
}
