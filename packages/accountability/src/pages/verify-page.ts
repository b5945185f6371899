import type { Trouble } from '../publish/publisher.ts';
import type { PublishMode } from '../publish/sequencer.ts';
import type { Reading } from './reading.ts';

/** A log as `/verify` shows it. */
export interface ShownLog {
	readonly year: number;
	readonly vkey: string;
	/** The signed note of its newest checkpoint. */
	readonly note: string;
	/** Does it begin with the last state of the year before? */
	readonly linked: boolean;
}

/** A witness as pages show it. */
export interface ShownWitness {
	readonly name: string;
	readonly vkey: string;
	/** When it signed the newest checkpoint, UTC milliseconds; null when it has not. */
	readonly signed: number | null;
	/** Is it run by the same platform as the log? Then it is no stranger, and pages say so. */
	readonly own: boolean;
}

/** `/verify`: how anybody checks the log, with the keys and the newest checkpoint. */
export function verifyPage(
	reading: Reading,
	logs: readonly ShownLog[],
	publish: PublishMode,
	witnesses: readonly ShownWitness[],
	trouble: Trouble | null,
) {
	const { t, library } = reading;
	const newest = logs[0];
	return {
		title: t('verify.title', { library: library.register.library.name }),
		trouble: trouble && { since: trouble.since, text: t(`verify.trouble_${trouble.why}`) },
		mode: t(publish === 'daily' ? 'verify.daily' : 'verify.now_mode'),
		logs: logs.map(({ year, vkey, linked }) => ({
			...{ year, vkey, checkpoint: `/log/${year}/checkpoint` },
			before: linked ? `/log/${year}/year-before` : null,
		})),
		years: logs.some(({ linked }) => linked),
		witnesses: witnesses.map(({ name, vkey, signed, own }) => ({
			name,
			vkey,
			kind: signed === null ? 'wait' : 'good',
			label: signed === null ? t('verify.not_signed') : t('verify.signed'),
			signed,
			own,
		})),
		limits: t(witnesses.some(({ own }) => !own) ? 'verify.limits_witnessed' : 'verify.limits_text'),
		checkpoint: newest?.note.trimEnd().split('\n') ?? null,
		command: `node check-proof.mjs entry.json receipt.tlog-proof '${newest?.vkey ?? '…'}'`,
		script: `node check-log.mjs ${newest?.year ?? '…'} '${newest?.vkey ?? '…'}' --since checkpoint`,
		fsck: `fsck --storage_url=${library.origin}/log/${newest?.year ?? '…'}/ --public_key=log.vkey --ui=false --N=16`,
	};
}
