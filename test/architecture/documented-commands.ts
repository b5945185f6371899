/** A command as it stands on a page for library IT. */
export interface DocumentedCommand {
	/** The page, by the name of its file. */
	readonly page: string;
	/** Of its first line, counted from 1. */
	readonly line: number;
	/** The heading, of the second level, that it stands below. */
	readonly heading: string;
	/** Which block of commands below that heading, counted from 1. */
	readonly block: number;
	/** All its lines: what a backslash carries on, what is fed to it, and a loop to its end are one command. */
	readonly text: string;
}

/** Blocks of a page that hold something else than commands. */
const OTHERS = new Set(['yaml', 'json', 'csv', 'env']);

/** Every command in the blocks of a page, in their order. Throws, with file and line, when a block does not say what it holds. */
export function commandsOf(page: string, text: string): DocumentedCommand[] {
	const found: DocumentedCommand[] = [];
	let heading = '';
	let count = 0;
	let block: { readonly language: string; readonly indent: number } | null = null;
	let begun: { line: number; lines: string[] } | null = null;
	for (const [at, whole] of text.split('\n').entries()) {
		const fence = /^( *)```(\S*)$/.exec(whole);
		if (fence && !block) {
			const [, indent = '', language = ''] = fence;
			if (language !== 'sh' && !OTHERS.has(language))
				throw new Error(`${page}:${at + 1}: say what the block holds: sh, or ${[...OTHERS].join(', ')}.`);
			block = { language, indent: indent.length };
			if (language === 'sh') count++;
		} else if (fence) {
			if (begun) throw new Error(`${page}:${begun.line}: the command does not end in its block.`);
			block = null;
		} else if (!block) {
			const [, named] = /^## (.+)$/.exec(whole) ?? [];
			if (named) [heading, count] = [named, 0];
		} else if (block.language === 'sh' && (begun || whole.trim())) {
			begun ??= { line: at + 1, lines: [] };
			begun.lines.push(whole.slice(block.indent));
			if (goesOn(begun.lines)) continue;
			found.push({ page, line: begun.line, heading, block: count, text: begun.lines.join('\n') });
			begun = null;
		}
	}
	return found;
}

/** Whether the command that these lines begin has another one. */
function goesOn(lines: readonly string[]): boolean {
	const [first = ''] = lines;
	const last = lines.at(-1)!;
	const end = /<<-?['"]?(\w+)/.exec(first)?.[1];
	if (end) return last.trim() !== end;
	if (/^(for|while) /.test(first)) return last !== 'done';
	return last.endsWith('\\');
}
