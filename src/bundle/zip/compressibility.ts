const sampleSize = 2048;
const samples = 4;
/** Of 8 bits a byte. Text stays below 6, base64 at 6, images, archives and ciphertext above 7.8. */
const incompressibleEntropy = 7.5;

/**
 * Whether deflating is a waste, by the entropy of four samples of 2 kB: ten microseconds, where
 * deflating a megabyte to learn the same takes ten milliseconds. For content of at least 8 kB;
 * less of it says too little, and is cheap to try.
 */
export function looksCompressed(content: Buffer): boolean {
  if (content.length < samples * sampleSize) return false;
  const counts = new Uint32Array(256);
  const stride = Math.floor((content.length - sampleSize) / (samples - 1));
  for (let sample = 0; sample < samples; sample++) {
    const end = sample * stride + sampleSize;
    for (let at = sample * stride; at < end; at++) {
      const byte = content[at] ?? 0;
      counts[byte] = (counts[byte] ?? 0) + 1;
    }
  }
  const total = samples * sampleSize;
  let entropy = 0;
  for (const count of counts) if (count > 0) entropy -= (count / total) * Math.log2(count / total);
  return entropy > incompressibleEntropy;
}
