import { signCheckpoint } from '@understory/transparency-log/checkpoint.ts';
import { generateKey } from '@understory/transparency-log/keys.ts';
import { lineOf, readNote } from '@understory/transparency-log/note.ts';
import { decodeBundle, encodeBundle } from '@understory/transparency-log/tiles.ts';
import { type Cast, type Copy, growLog, ORIGIN, trimmed } from './log-copies.ts';

/** How a copy was made to tell another story, and what somebody needs to have kept or to know to see it. */
export interface Tampering {
	readonly name: string;
	/** `key`: the log's key alone. `witnesses`: that two signed. `since`: a checkpoint of an earlier size. */
	readonly seenBy: 'key' | 'witnesses' | 'since';
	/** Changes a copy, of a log that had at least `least` entries at the size before. */
	readonly least: number;
	change(copy: Copy, chance: Chance): Promise<Copy> | Copy;
}

/** What a change is chosen with. */
export interface Chance {
	readonly cast: Cast;
	/** A whole number from nought to below `n`. */
	pick(n: number): number;
	/** The same log at the size before. */
	readonly earlier: Copy;
}

/** What can be done to the files by whoever copies them, or serves them, and does not hold the key. */
const WITHOUT_KEY: readonly Tampering[] = [
	byFile('a bit flipped in a file', (bytes, { pick }) => {
		bytes[pick(bytes.length)]! ^= 1 << pick(8);
		return bytes;
	}),
	byFile('a file cut short', (bytes, { pick }) => bytes.subarray(0, pick(bytes.length))),
	byFile('a file dropped', () => null),
	byFile('a file with something behind it', (bytes) => Buffer.concat([bytes, bytes.subarray(0, 32)])),
	byEntries('an entry dropped', 1, (entries, { pick }) => entries.toSpliced(pick(entries.length), 1)),
	byEntries('an entry added', 1, (entries, { pick }) =>
		entries.toSpliced(pick(entries.length), 0, entries[0]!),
	),
	byEntries('an entry edited', 1, edited),
	byEntries('an entry dated back', 1, datedBack),
	byEntries('entries put in another order', 2, reordered),
	{
		name: 'two files of the log swapped',
		seenBy: 'key',
		least: 1,
		change(copy, { pick }) {
			const paths = [...copy.keys()].filter((path) => path !== 'checkpoint');
			const one = paths[pick(paths.length)]!;
			const others = paths.filter((path) => !copy.get(path)!.equals(copy.get(one)!));
			const other = others[pick(others.length)]!;
			return new Map(copy).set(one, copy.get(other)!).set(other, copy.get(one)!);
		},
	},
	{
		name: 'a checkpoint made to count less',
		seenBy: 'key',
		least: 1,
		change: (copy) => withText(copy, (lines) => lines.with(1, String(Number(lines[1]) - 1))),
	},
	{
		name: 'a checkpoint signed with another key',
		seenBy: 'key',
		least: 1,
		change: (copy) => resigned(copy, generateKey()),
	},
	{
		name: 'everything made anew from other entries, and the checkpoint kept',
		seenBy: 'key',
		least: 1,
		async change(copy, chance) {
			const other = await rewritten(copy, chance, edited);
			return new Map(other).set('checkpoint', copy.get('checkpoint')!);
		},
	},
	{
		name: 'the signature of a witness changed',
		seenBy: 'witnesses',
		least: 1,
		change(copy, { pick }) {
			const note = readNote(copy.get('checkpoint')!);
			const at = 1 + pick(note.signatures.length - 1);
			const signature = Buffer.from(note.signatures[at]!.signature);
			signature[8 + pick(64)]! ^= 1;
			const signatures = note.signatures.with(at, { ...note.signatures[at]!, signature });
			return withNote(copy, `${note.text}\n${signatures.map(lineOf).join('')}`);
		},
	},
];

/** What the library itself could do, whose key signs whatever it says: here others have to be asked. */
const WITH_KEY: readonly Tampering[] = [
	{
		name: 'a witness taken away',
		seenBy: 'witnesses',
		least: 1,
		change(copy, { pick }) {
			const note = readNote(copy.get('checkpoint')!);
			const signatures = note.signatures.toSpliced(1 + pick(note.signatures.length - 1), 1);
			return withNote(copy, `${note.text}\n${signatures.map(lineOf).join('')}`);
		},
	},
	...(['witnesses', 'since'] as const).flatMap((seenBy): Tampering[] => [
		byLibrary('a fork with an entry edited', seenBy, 1, edited),
		byLibrary('a fork with an entry dated back', seenBy, 1, datedBack),
		byLibrary('a fork with an entry dropped', seenBy, 2, (entries, { pick }) =>
			entries.toSpliced(pick(entries.length), 1),
		),
		byLibrary('a fork in another order', seenBy, 2, reordered),
		{
			...{ name: 'a log made shorter', seenBy, least: 2 },
			async change(copy, { cast, pick, earlier }) {
				const size = pick(sizeOf(earlier));
				const entries = entriesOf(copy);
				const alone = { ...cast, witnesses: [] };
				return trimmed((await growLog(alone, [size], (n) => String(entries[n]!))).get(size)!);
			},
		},
	]),
	{
		name: 'an earlier state, witnesses and all, shown as the newest',
		seenBy: 'since',
		least: 2,
		change: (_copy, { earlier }) => earlier,
	},
];

export const TAMPERINGS: readonly Tampering[] = [...WITHOUT_KEY, ...WITH_KEY];

type EntryChange = (entries: readonly Buffer[], chance: Chance) => Buffer[];

function edited(entries: readonly Buffer[], { pick }: Chance): Buffer[] {
	const at = pick(entries.length);
	const text = entries[at]!.toString('utf8');
	const other = text.includes('no-threats')
		? text.replace('no-threats', 'kindness')
		: text.replace(/"rule":"[^"]+"/, '"rule":"no-threats"');
	return entries.with(at, Buffer.from(other));
}

function datedBack(entries: readonly Buffer[], { pick }: Chance): Buffer[] {
	const at = pick(entries.length);
	return entries.with(at, Buffer.from(entries[at]!.toString('utf8').replace('"2026-', '"2025-')));
}

function reordered(entries: readonly Buffer[], { pick }: Chance): Buffer[] {
	const at = pick(entries.length - 1);
	return entries.with(at, entries[at + 1]!).with(at + 1, entries[at]!);
}

function byFile(name: string, change: (bytes: Buffer, chance: Chance) => Buffer | null): Tampering {
	return {
		...{ name, seenBy: 'key', least: 1 },
		change(copy, chance) {
			const paths = [...copy.keys()].filter((path) => path !== 'checkpoint');
			const path = paths[chance.pick(paths.length)]!;
			const changed = change(Buffer.from(copy.get(path)!), chance);
			const other = new Map(copy);
			if (changed) other.set(path, changed);
			else other.delete(path);
			return other;
		},
	};
}

function byEntries(name: string, least: number, change: EntryChange): Tampering {
	return {
		...{ name, seenBy: 'key', least },
		change(copy, chance) {
			const bundles = [...copy.keys()].filter(
				(path) => path.startsWith('tile/entries/') && decodeBundle(copy.get(path)!).length >= least,
			);
			const path = bundles[chance.pick(bundles.length)]!;
			return new Map(copy).set(path, encodeBundle(change(decodeBundle(copy.get(path)!), chance)));
		},
	};
}

function byLibrary(name: string, seenBy: Tampering['seenBy'], least: number, change: EntryChange): Tampering {
	return {
		...{ name, seenBy, least },
		change: (copy, chance) => rewritten(copy, chance, change),
	};
}

/** The log made anew from other entries by the library, tiles, root, signature and all. No witness signs that. */
async function rewritten(copy: Copy, chance: Chance, change: EntryChange): Promise<Copy> {
	const entries = entriesOf(copy);
	// Within what was there at the earlier size, so that whoever kept that checkpoint can see it.
	const until = sizeOf(chance.earlier);
	const others = [...change(entries.slice(0, until), chance), ...entries.slice(until)].map(String);
	const alone = { ...chance.cast, witnesses: [] };
	const grown = await growLog(alone, [others.length], (n) => others[n]!);
	return trimmed(grown.get(others.length)!);
}

function entriesOf(copy: Copy): Buffer[] {
	const bundles = [...copy.keys()].filter((path) => path.startsWith('tile/entries/')).toSorted();
	return bundles.flatMap((path) => decodeBundle(copy.get(path)!));
}

function sizeOf(copy: Copy): number {
	return Number(readNote(copy.get('checkpoint')!).text.split('\n')[1]);
}

function withText(copy: Copy, change: (lines: string[]) => string[]): Copy {
	return withNote(copy, change(copy.get('checkpoint')!.toString('utf8').split('\n')).join('\n'));
}

function withNote(copy: Copy, note: string): Copy {
	return new Map(copy).set('checkpoint', Buffer.from(note));
}

function resigned(copy: Copy, key: ReturnType<typeof generateKey>): Copy {
	const [, size, root] = copy.get('checkpoint')!.toString('utf8').split('\n');
	return withNote(
		copy,
		signCheckpoint({ origin: ORIGIN, size: Number(size), root: Buffer.from(root!, 'base64') }, key),
	);
}
