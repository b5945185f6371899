import { createEntrySums } from '@understory/core/entry-sums.ts';
import type { SealedLeaf } from '@understory/core/sealed.ts';
import type { SignedBranchEntry } from '@understory/core/statement.ts';
import { auditYears } from '@understory/transparency-log/audit-years.ts';
import { disclosureDigest, parseDisclosure } from '@understory/transparency-log/sd.ts';
import type { ReadLog } from '../log-place.ts';

/** An entry of the branch as it stands in the log. */
export interface Logged {
	/** The exact text. */
	readonly text: string;
	readonly entry: SignedBranchEntry;
	/** Does a salted digest stand in the log, and not the text? */
	readonly sealed: boolean;
}

/** What a log has of one branch. */
export interface LoggedEntries {
	/** By id. */
	readonly entries: ReadonlyMap<string, Logged>;
	/** Leaves of the log that are salted digests, of any branch, decoys among them. */
	readonly sealedLeaves: number;
	/** Were salted copies given? Without them nothing can be said of what is sealed. */
	readonly opened: boolean;
	/** Salted copies that no leaf of the log commits to. */
	readonly strayCopies: number;
	/** What the branch summed up and its entries do not say, each as a sentence. */
	readonly sums: readonly string[];
	readonly years: readonly { readonly origin: string; readonly size: number; readonly root: string }[];
}

/**
 * Derives a library's log anew, all its years, and picks out what is of one branch. `copies` are the salted copies of its sealed entries, as the
 * site keeps them: each opens the leaf that commits to it. Answers with a sentence when the log itself does not hold.
 */
export async function readLogged(parts: {
	readonly vkey: string;
	readonly readOf: (origin: string) => ReadLog;
	/** Host of the branch, with its port where it has one. */
	readonly branch: string;
	readonly copies: readonly string[];
}): Promise<LoggedEntries | string> {
	const { vkey, readOf, branch, copies } = parts;
	const entries = new Map<string, Logged>();
	const digests = new Set<string>();
	const sums = createEntrySums();
	const twice: string[] = [];
	const take = (text: string, sealed: boolean): void => {
		const entry = read(text) as SignedBranchEntry | null;
		if (entry?.branch !== branch) return;
		if (entries.has(entry.id)) twice.push(`The log has entry ${entry.id} twice.`);
		entries.set(entry.id, { text, entry, sealed });
		sums.add(text);
	};
	const audit = await auditYears({
		...{ vkey, readOf },
		each(leaf) {
			const text = leaf.toString('utf8');
			const leafed = read(text) as SealedLeaf | null;
			if (leafed?.type === 'understory/sealed/v1') for (const digest of leafed._sd) digests.add(digest);
			else take(text, false);
			return null;
		},
	});
	if (!audit.ok) return audit.reason;
	let strayCopies = 0;
	for (const copy of copies) {
		const disclosed = parseDisclosure(copy);
		if (disclosed?.name === 'entry' && digests.has(disclosureDigest(copy))) take(disclosed.value, true);
		else strayCopies++;
	}
	return {
		...{ entries, sealedLeaves: digests.size, opened: copies.length > 0, strayCopies },
		sums: [...twice, ...sums.faults()],
		years: audit.years.map(({ origin, size, root }) => ({ origin, size, root })),
	};
}

function read(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		// Whatever it is, it is no entry of a branch.
		return null;
	}
}
