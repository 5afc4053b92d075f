// Stands in for iconv-lite in the bundle: the editor prompt that would need it is not used.
export const decode = (buffer) => buffer.toString('utf8');
export default { decode };
