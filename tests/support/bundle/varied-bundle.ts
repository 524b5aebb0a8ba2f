import { noise, uuidOf, type BundleInput } from "./write-bundle";

/** A bundle with a bit of everything: what the frozen bundle of version 1 holds, and what other programs must read. */
export const variedBundle: BundleInput = {
  tables: {
    organizations: ['{"id":"1","name":"Ünïcode — 東京 😀","settings":null}'],
    assets: [
      '{"id": "1", "value": "a\\"b\\\\c\\u2028", "metadata": {"n": 12345678901234567890, "z": -0, "e": 1e400}, "tags": ["[", "}"]}',
      '{"id":"2","metadata":{"__proto__":{"a":[[],{}]},"":null},"tags":[]}',
      `{"id":"3","notes":"${"long ".repeat(500)}"}`,
    ],
    scopes: [],
  },
  objects: [
    { id: uuidOf(1), key: "organizations/1/files/screenshot/a.png", content: noise(3000) },
    { id: uuidOf(2), key: "organizations/1/files/raw_output/Prüfung №2?.txt", content: Buffer.from("text ".repeat(400)) },
    { id: uuidOf(3), key: "organizations/1/files/other/..", content: Buffer.alloc(0) },
  ],
  parts: {
    warnings: [{ code: "secrets_removed", message: "One value was removed.", table: "assets", column: "metadata", count: 1 }],
    settings: JSON.parse('{"title":"é","nested":{"list":[1,null,true]},"__proto__":{"kept":1}}'),
  },
};
