/** Nothing honest is nested deeper; JSON-LD walks a document recursively. */
const MAX_DEPTH = 40;
/** More people, topics and emoji of one object are not looked at: JSON-LD takes half a millisecond for each, and a body has room for thousands. */
const MAX_TAGS = 500;

/**
 * Reads JSON that a stranger wrote, and makes it fit for JSON-LD without changing what it says: members that are null are left out,
 * as JSON-LD would do itself, except that it refuses a whole document for one `"id": null` (Akkoma writes emoji that way).
 * Of very many tags the first are kept, and of an emoji its name and the address of its picture; one without them is left out, since JSON-LD would refuse the
 * whole document for a picture that is none. Contexts are not touched: null means something there. Throws SyntaxError for what is no JSON or nested too deeply.
 */
export function readForeignJson(bytes: Buffer): unknown {
	return tidy(JSON.parse(bytes.toString('utf8')), 0);
}

function tidy(value: unknown, depth: number): unknown {
	if (typeof value !== 'object' || value === null) return value;
	if (depth > MAX_DEPTH) throw new SyntaxError('It is nested too deeply.');
	if (Array.isArray(value)) return value.map((each) => tidy(each, depth + 1));
	const members = Object.entries(value)
		.filter(([, member]) => member !== null)
		.map(([name, member]) => [name, tidy(name === 'tag' ? few(member) : member, depth + 1)] as const);
	const tidied = Object.fromEntries(members);
	const context: unknown = (value as Record<string, unknown>)['@context'];
	return context === undefined ? tidied : { ...tidied, '@context': context };
}

function few(tags: unknown): unknown {
	const all: unknown[] = Array.isArray(tags) ? tags.slice(0, MAX_TAGS) : [tags];
	return all.flatMap((tag) => (isObject(tag) && isOfType(tag, 'Emoji') ? bareEmoji(tag) : [tag]));
}

function bareEmoji({ name, icon }: Record<string, unknown>): object[] {
	const picture: unknown = Array.isArray(icon) ? icon[0] : icon;
	if (typeof name !== 'string' || !isObject(picture)) return [];
	if (picture.type !== undefined && !isOfType(picture, 'Image')) return [];
	const url = isObject(picture.url) ? picture.url.href : picture.url;
	return typeof url === 'string' ? [{ type: 'Emoji', name, icon: { type: 'Image', url } }] : [];
}

function isOfType({ type }: Record<string, unknown>, wanted: string): boolean {
	const types: unknown[] = Array.isArray(type) ? type : [type];
	return types.some((one) => one === wanted || one === `toot:${wanted}` || one === `as:${wanted}`);
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
