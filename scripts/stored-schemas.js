// The bundle reads its JSON Schemas from the folder `schemas`, which has what the source returns: test/docs/generated.test.ts compares them.
// So it needs neither the part of zod that writes JSON Schema, nor what only that part reads: titles and descriptions of keys.
const modules = {
  '/src/config/json-schema.ts': `
    import stored from 'schemas:config';
    export const configJsonSchema = () => stored;
    export const sectionJsonSchema = ({ id }) => stored.properties[id].anyOf[0];`,
  '/src/report/result-schema.ts': `
    import stored from 'schemas:result';
    export const resultJsonSchema = () => stored;`,
};
const emptied = { describe: "''", meta: '{}' };
const stored = /^schemas:(\w+)$/;

/** A plugin of the bundler. The files stay outside, unless the program is one file. */
export const storedSchemas = ({ inside = false } = {}) => ({
  name: 'stored schemas',
  resolveId: {
    filter: { id: stored },
    handler: (id) => {
      const name = `schemas/${stored.exec(id)[1]}.schema.json`;
      return inside ? `${import.meta.dirname}/../${name}` : { id: `../${name}`, external: 'absolute' };
    },
  },
  transform: {
    filter: { id: /\/src\/.*\.ts$/, code: /\bz\.(describe|meta)\(/ },
    handler(code) {
      const unread = callsOf(this.parse(code, { lang: 'ts' }))
        .filter(({ callee: { object, property } }) => object?.name === 'z' && emptied[property.name] !== undefined)
        .toSorted((one, other) => one.start - other.start);
      return unread.reduceRight(
        (text, { callee, arguments: [argument] }) =>
          `${text.slice(0, argument.start)}${emptied[callee.property.name]}${text.slice(argument.end)}`,
        code,
      );
    },
  },
  load: {
    filter: { id: /\/src\/(config\/json-schema|report\/result-schema)\.ts$/ },
    handler: (id) => modules[Object.keys(modules).find((path) => id.endsWith(path))],
  },
});

function callsOf(node) {
  if (typeof node !== 'object' || node === null) return [];
  const inner = Object.values(node).flatMap(callsOf);
  return node.type === 'CallExpression' ? [node, ...inner] : inner;
}
