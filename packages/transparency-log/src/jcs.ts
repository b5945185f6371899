/**
 * The canonical JSON text of a value (RFC 8785): members sorted by UTF-16 code units, no white space, JSON's shortest escapes.
 * Narrower than the RFC on purpose: numbers are safe integers only, so that no two programs can print one differently.
 * A member that is `undefined` is left out, as JSON does. Throws TypeError for a float, an unsafe integer, a lone surrogate
 * (RFC 8785 3.2.2.2), and anything that is not JSON.
 */
export function canonicalize(value: unknown): string {
	if (value === null) return 'null';
	switch (typeof value) {
		case 'boolean':
			return value ? 'true' : 'false';
		case 'number':
			if (!Number.isSafeInteger(value)) throw new TypeError('Only safe integers can be signed.');
			return String(value === 0 ? 0 : value);
		case 'string':
			return text(value);
		case 'object':
			return Array.isArray(value) ? list(value) : members(value);
		default:
			throw new TypeError(`A value of type ${typeof value} cannot be signed.`);
	}
}

function text(value: string): string {
	if (!value.isWellFormed()) throw new TypeError('A string with half a character cannot be signed.');
	return JSON.stringify(value);
}

function list(values: readonly unknown[]): string {
	return `[${Array.from(values, canonicalize).join(',')}]`;
}

function members(value: object): string {
	const prototype: unknown = Object.getPrototypeOf(value);
	if (prototype !== Object.prototype && prototype !== null) {
		throw new TypeError('Only plain objects can be signed.');
	}
	return `{${Object.entries(value)
		.filter(([, member]) => member !== undefined)
		// The default order of strings in JavaScript is by UTF-16 code units, which is what section 3.2.3 asks for.
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([name, member]) => `${text(name)}:${canonicalize(member)}`)
		.join(',')}}`;
}
