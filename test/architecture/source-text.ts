/** One import of a file. */
export interface Import {
	readonly target: string;
	/** `import type`: gone before anything runs. */
	readonly typeOnly: boolean;
	/** What stands between the braces, as it is written; empty for other forms. */
	readonly names: string;
}

/** A source file taken apart: what it imports, and its code without what is only said in it. */
export interface SourceText {
	/** What it imports or exports from elsewhere, by statement or by call. */
	readonly imports: readonly Import[];
	/** The code with comments and the insides of strings left out, so that words in them are no offences. Lines stay where they are. */
	readonly bare: string;
}

const STRING = /'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*"/y;
const COMMENT = /\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
const PATTERN = /\/(?![/*])(?:[^\\/[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
/** After these a slash begins a regular expression; after anything else it divides. */
const BEFORE_PATTERN = /(?:^|[=(,:?!&|{};[\n+>]|\b(?:return|case|typeof))\s*$/;

/** Reads TypeScript as far as the check of the architecture needs it. */
export function readSource(text: string): SourceText {
	const strings: string[] = [];
	const bare = bareOf(text, strings);
	const statements = [
		...bare.matchAll(/(?:^|[\n;])\s*(?:import|export)\b([^;'"]*?)\bfrom\s*'(\d+)'/g),
		...bare.matchAll(/(?:^|[\n;])\s*import\s*()'(\d+)'/g),
		...bare.matchAll(/\bimport\(\s*()'(\d+)'\s*\)/g),
	];
	const imports = statements.map(([, clause = '', number]) => ({
		target: strings[Number(number)]!,
		typeOnly: /^\s*type\b(?!\s*,)/.test(clause),
		names: /\{([^}]*)\}/.exec(clause)?.[1] ?? '',
	}));
	return { imports, bare: bare.replace(/'\d+'/g, "''") };
}

/** Comments become nothing, each string the number under which it was put aside; code inside a template stays code. */
function bareOf(text: string, strings: string[]): string {
	let bare = '';
	let at = 0;
	/** For each open template: how many braces are open in its present `${}`; -1 while in its text. */
	const templates: number[] = [];
	const match = (form: RegExp): string | null => {
		form.lastIndex = at;
		return form.exec(text)?.[0] ?? null;
	};
	while (at < text.length) {
		const next = text[at]!;
		const depth = templates.at(-1);
		if (depth === -1) {
			if (text.startsWith('${', at)) {
				templates[templates.length - 1] = 0;
				bare += ' ';
				at += 2;
			} else {
				if (next === '`') templates.pop();
				if (next === '\n' || next === '`') bare += next;
				at += next === '\\' ? 2 : 1;
			}
			continue;
		}
		const comment = match(COMMENT);
		const string = comment ? null : match(STRING);
		const pattern = comment || string || !BEFORE_PATTERN.test(bare.slice(-40)) ? null : match(PATTERN);
		if (comment) bare += comment.replace(/[^\n]/g, '');
		else if (string) bare += `'${strings.push(string.slice(1, -1)) - 1}'`;
		else if (pattern) bare += '0';
		else if (next === '`') {
			templates.push(-1);
			bare += next;
		} else if (next === '}' && depth === 0) {
			templates[templates.length - 1] = -1;
			bare += ' ';
		} else {
			if (depth !== undefined && next === '{') templates[templates.length - 1] = depth + 1;
			if (depth !== undefined && next === '}') templates[templates.length - 1] = depth - 1;
			bare += next;
		}
		at += (comment ?? string ?? pattern ?? next).length;
	}
	return bare;
}
