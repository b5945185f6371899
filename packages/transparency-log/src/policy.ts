import { openCheckpoint } from './checkpoint.ts';
import { type Cosignature, readCosignatures } from './cosignature.ts';
import { BadNote, type NoteVerifier, parseVkey } from './note.ts';

/** Whom somebody believes about a log: its keys, and which witnesses have to have seen it (C2SP tlog-policy). */
export interface LogPolicy {
	/** Verifier keys, with an address where one was given. */
	readonly logs: readonly (NoteVerifier & { readonly vkey: string; readonly url: string | null })[];
	readonly witnesses: readonly PolicyWitness[];
	/** Do these witnesses, by their names in the policy, suffice? */
	suffices(names: ReadonlySet<string>): boolean;
}

export interface PolicyWitness {
	/** Its name in the policy; it means nothing outside. */
	readonly name: string;
	readonly verifier: NoteVerifier;
	/** Submission prefix of tlog-witness, or null. */
	readonly url: string | null;
}

/** A text that is not a policy; the message names the line. */
export class BadPolicy extends Error {
	override readonly name = 'BadPolicy';
}

type Rule = (names: ReadonlySet<string>) => boolean;

/** Reads a policy. Throws BadPolicy with the number of the line that is wrong. */
export function parsePolicy(text: string): LogPolicy {
	const logs: LogPolicy['logs'][number][] = [];
	const witnesses: PolicyWitness[] = [];
	const rules = new Map<string, Rule>();
	const members = new Set<string>();
	let quorum: Rule | null = null;

	function define(name: string | undefined, rule: (name: string) => Rule): void {
		if (!name || name === 'none' || rules.has(name))
			throw new BadPolicy('this name is missing, taken or reserved');
		rules.set(name, rule(name));
	}

	const lines: Record<string, (words: string[]) => void> = {
		log([vkey = '', url, ...more]) {
			const verifier = parseVkey(vkey);
			if (more.length > 0) throw new BadPolicy('a log has a key and an address');
			if (logs.some(({ key }) => key.id === verifier.key.id))
				throw new BadPolicy('this log stands here twice');
			logs.push({ ...verifier, vkey, url: url ?? null });
		},
		witness([name, vkey = '', url, ...more]) {
			const verifier = parseVkey(vkey, 'cosignature');
			if (more.length > 0) throw new BadPolicy('a witness has a name, a key and an address');
			if (witnesses.some((one) => one.verifier.key.id === verifier.key.id)) {
				throw new BadPolicy('this witness stands here twice');
			}
			define(name, (own) => (names) => names.has(own));
			witnesses.push({ name: name!, verifier, url: url ?? null });
		},
		group([name, count = '', ...names]) {
			const needed =
				count === 'any' ? 1 : count === 'all' ? names.length : Number(/^[1-9]\d*$/.exec(count)?.[0]);
			if (!(needed >= 1 && needed <= names.length))
				throw new BadPolicy('a group needs from one to all of its members');
			const rulesOf = names.map((member) => {
				const rule = rules.get(member);
				if (!rule) throw new BadPolicy(`${member} is not defined above this line`);
				if (members.has(member)) throw new BadPolicy(`${member} is in a group already`);
				members.add(member);
				return rule;
			});
			define(name, () => (seen) => rulesOf.filter((rule) => rule(seen)).length >= needed);
		},
		quorum([name = '', ...more]) {
			if (quorum) throw new BadPolicy('there is one quorum');
			const rule = name === 'none' ? () => true : rules.get(name);
			if (!rule || more.length > 0)
				throw new BadPolicy('the quorum names one witness or group above this line, or none');
			quorum = rule;
		},
	};

	if (/[^\t\n\u0020-\u007E\u0080-\u{10FFFF}]/u.test(text))
		throw new BadPolicy('A policy has no control characters.');
	for (const [i, line] of text.split('\n').entries()) {
		const [word = '', ...words] = line.split(/[ \t]+/).filter(Boolean);
		if (word === '' || word.startsWith('#')) continue;
		try {
			if (!Object.hasOwn(lines, word))
				throw new BadPolicy('a line begins with log, witness, group or quorum');
			lines[word]!(words);
		} catch (error) {
			if (!(error instanceof BadNote || error instanceof BadPolicy)) throw error;
			throw new BadPolicy(`Line ${i + 1} of the policy: ${error.message}`);
		}
	}
	if (!quorum) throw new BadPolicy('The policy has no quorum line.');
	return { logs, witnesses, suffices: quorum };
}

/** A checkpoint that a policy accepts, and who saw it. */
export interface AcceptedCheckpoint {
	readonly origin: string;
	readonly size: number;
	readonly root: Buffer;
	readonly cosignatures: readonly Cosignature[];
}

/** Opens a checkpoint under a policy. Throws BadNote when no log of it signed, or when too few of its witnesses did. */
export function openUnderPolicy(note: string, policy: LogPolicy): AcceptedCheckpoint {
	const origin = note.slice(0, Math.max(0, note.indexOf('\n')));
	const log = policy.logs.find(({ name }) => name === origin);
	if (!log) throw new BadNote('The policy does not name the log of this checkpoint.');
	const checkpoint = openCheckpoint(note, log.vkey);
	const known = policy.witnesses.map(({ verifier }) => verifier);
	const cosignatures = readCosignatures(note, known);
	const seen = new Set(
		policy.witnesses
			.filter(({ verifier }) => cosignatures.some(({ witness }) => witness === verifier))
			.map(({ name }) => name),
	);
	if (!policy.suffices(seen))
		throw new BadNote('Too few of the witnesses in the policy signed this checkpoint.');
	return { ...checkpoint, cosignatures };
}
