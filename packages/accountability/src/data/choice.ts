/** What decisions can be chosen by, in the order in which addresses name them. */
export const PARTS = ['branch', 'rule', 'act', 'quarter'] as const;
export type Part = (typeof PARTS)[number];

/** Some of the decisions: of a branch (its host), under a rule (`policy/rule`), with an act, decided in a quarter (`2026-Q4`); all, where nothing is named. */
export type Choice = Readonly<Partial<Record<Part, string>>>;

/** The address of a choice, and of one of its numbered pages: one and the same for whoever chooses the same. */
export function addressOf(choice: Choice, page: number | null = null): string {
	const named = PARTS.flatMap((part) => {
		const value = choice[part];
		if (value === undefined) return [];
		return [part, ...(part === 'rule' ? value.split('/') : [value])];
	});
	return ['/statements', ...named.map(encoded), ...(page === null ? [] : ['page', page])].join('/');
}

/** A host has a colon before its port, which needs no other form in a path (RFC 3986, 3.3). */
function encoded(text: string): string {
	return encodeURIComponent(text).replaceAll('%3A', ':');
}

/** Reads what stands after `/statements/` in an address; null for what no address of ours says, with parts in another order, too. */
export function parseChoice(path: string): { readonly choice: Choice; readonly page: number | null } | null {
	const rest = path.split('/');
	const choice: Partial<Record<Part, string>> = {};
	for (const part of PARTS) {
		if (rest[0] !== part) continue;
		const value = rest.splice(0, part === 'rule' ? 3 : 2).slice(1);
		if (value.length !== (part === 'rule' ? 2 : 1) || value.includes('')) return null;
		choice[part] = value.join('/');
	}
	if (Object.keys(choice).length === 0) return null;
	if (rest.length === 0) return { choice, page: null };
	const [word, number = '', ...more] = rest;
	if (word !== 'page' || !/^[1-9]\d{0,6}$/.test(number) || more.length > 0) return null;
	return { choice, page: Number(number) };
}
