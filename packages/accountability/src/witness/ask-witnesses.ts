import type { Clock } from '@understory/core/clock.ts';
import type { Log } from '@understory/core/log.ts';
import type { WitnessRecord } from '@understory/core/register.ts';
import type { Outgoing } from '@understory/outgoing/outgoing.ts';
import { readCosignatures } from '@understory/transparency-log/cosignature.ts';
import type { Log as TransparencyLog } from '@understory/transparency-log/log.ts';
import { BadNote, type NoteVerifier, parseVkey } from '@understory/transparency-log/note.ts';
import { formatRequest } from '@understory/transparency-log/witness.ts';
import type { Logs } from '../publish/logs.ts';
import type { Library } from '../registers.ts';
import type { Database } from '../store/database.ts';
import { logYears } from '../store/sequence.ts';

/** Milliseconds for one witness to answer; publishing never waits for them. */
const PATIENCE_MS = 10_000;
/** How long a witness that gave no line is left alone, in milliseconds. */
const PAUSE_MS = 5 * 60_000;

export interface WitnessAskerParts {
	readonly database: Database;
	readonly logs: Logs;
	readonly clock: Clock;
	readonly log: Log;
	/** The way out, to public addresses only: library IT names where witnesses are. */
	readonly outgoing: Pick<Outgoing, 'request'>;
}

/**
 * Asks the witnesses that a library named to cosign its newest log, where their line is missing (C2SP tlog-witness v1.0.0), and puts their lines under the
 * checkpoint. One that is silent, or that saw another history, stops nothing: it is written down and its line stays missing, which the pages say. Answers with
 * whether any was asked.
 */
export function createWitnessAsker(parts: WitnessAskerParts): (library: Library) => Promise<boolean> {
	const { database, logs, clock, log, outgoing } = parts;
	const pausedUntil = new Map<string, number>();

	async function add(url: string, body: string): Promise<{ status: number; body: string }> {
		const answer = await outgoing.request({
			url: `${url.replace(/\/$/, '')}/add-checkpoint`,
			method: 'POST',
			headers: { 'content-type': 'text/plain; charset=utf-8' },
			body,
			timeoutMs: PATIENCE_MS,
			maxBytes: 16_384,
			redirects: 0,
		});
		return { status: answer.status, body: answer.body.toString('utf8') };
	}

	/** The witness's line; throws with a word for the log when there is none. A witness that stands elsewhere is asked once more from there. */
	async function lineOf(url: string, opened: TransparencyLog): Promise<string> {
		const { note, size } = opened.checkpoint();
		const from = async (old: number) => {
			const proof = old === 0 || old === size ? [] : await opened.consistency(old);
			return add(url, formatRequest({ old, proof, note }));
		};
		let answer = await from(0);
		if (answer.status === 409) {
			const stands = Number(/^(\d{1,15})\n$/.exec(answer.body)?.[1] ?? Number.NaN);
			if (!(stands >= 1 && stands <= size)) throw new WitnessRefused('saw_more_than_there_is');
			answer = await from(stands);
		}
		if (answer.status !== 200) throw new WitnessRefused(`status_${answer.status}`);
		return answer.body;
	}

	async function ask(library: Library, opened: TransparencyLog, one: KnownWitness): Promise<void> {
		const key = `${library.id} ${one.record.url} ${one.record.vkey}`;
		if ((pausedUntil.get(key) ?? 0) > clock.now()) return;
		try {
			await opened.addCosignatures(await lineOf(one.record.url, opened), [one.verifier]);
			pausedUntil.delete(key);
		} catch (error) {
			pausedUntil.set(key, clock.now() + PAUSE_MS);
			const why =
				error instanceof WitnessRefused ? error.why : error instanceof BadNote ? 'wrong_line' : 'silent';
			log.warn('witness_gave_no_line', { library: library.register.library.slug, error_code: why });
		}
	}

	return async (library) => {
		const known = knownWitnesses(library.register.library.witnesses ?? []);
		const [year] = known.length > 0 ? await logYears(database.db, library.id) : [];
		if (year === undefined) return false;
		const note = (await logs.open(library, year)).checkpoint().note;
		const seen = readCosignatures(
			note,
			known.map(({ verifier }) => verifier),
		);
		const missing = known.filter(({ verifier }) => !seen.some(({ witness }) => witness === verifier));
		if (missing.length === 0) return false;
		// Under the lock of whoever publishes, so that no line is put under a checkpoint that was just replaced.
		await database.alone(`accountability/${library.id}`, async () => {
			const opened = await logs.write(library, year);
			for (const one of missing) await ask(library, opened, one);
		});
		return true;
	};
}

class WitnessRefused extends Error {
	readonly why: string;
	constructor(why: string) {
		super(why);
		this.why = why;
	}
}

export interface KnownWitness {
	readonly record: WitnessRecord;
	readonly verifier: NoteVerifier;
}

/** The witnesses of a register whose keys can be read; the provisioner lets no other in. */
export function knownWitnesses(records: readonly WitnessRecord[]): KnownWitness[] {
	return records.flatMap((record) => {
		try {
			return [{ record, verifier: parseVkey(record.vkey, 'cosignature') }];
		} catch (error) {
			if (error instanceof BadNote) return [];
			throw error;
		}
	});
}
