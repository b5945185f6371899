import type {
	RosterWords,
	SignedReply,
	SignedVoice,
	SignedWithdrawal,
} from '@understory/core/roster-change.ts';
import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

interface Word {
	voice: SignedVoice;
	reply: SignedReply;
	withdrawal: SignedWithdrawal;
}

/** Keeps what the branch says about a proposal or a neighborhood; what it said about it before is replaced. */
export function keepRosterWord<K extends keyof Word>(
	writing: Writing,
	kind: K,
	about: string,
	word: Word[K],
): void {
	const row = { kind, about, body: JSON.stringify(word), at: word.at };
	writing.run(sql('roster_word').insert(row).onConflict(['kind', 'about']).merge());
}

/** What it said about this, if anything. */
export function rosterWord<K extends keyof Word>(
	reading: Reading,
	kind: K,
	about: string,
): Word[K] | undefined {
	const row = reading.first<{ body: string }>(sql('roster_word').select('body').where({ kind, about }));
	return row && (JSON.parse(row.body) as Word[K]);
}

/** Everything it said, the newest 500 of each kind, as the steward takes it. */
export function rosterWords(reading: Reading): RosterWords {
	const all = <K extends keyof Word>(kind: K): Word[K][] =>
		reading
			.all<{ body: string }>(
				sql('roster_word').select('body').where({ kind }).orderBy('at', 'desc').orderBy('about').limit(500),
			)
			.map(({ body }) => JSON.parse(body) as Word[K]);
	return { voices: all('voice'), replies: all('reply'), withdrawals: all('withdrawal') };
}
