import type { PublishMode } from '../publish/sequencer.ts';
import type { Reading } from './reading.ts';

/** A log as `/verify` shows it. */
export interface ShownLog {
	readonly year: number;
	readonly vkey: string;
	/** The signed note of its newest checkpoint. */
	readonly note: string;
}

/** `/verify`: how anybody checks the log, with the keys and the newest checkpoint. */
export function verifyPage({ t, library }: Reading, logs: readonly ShownLog[], publish: PublishMode) {
	const newest = logs[0];
	return {
		title: t('verify.title', { library: library.register.library.name }),
		mode: t(publish === 'daily' ? 'verify.daily' : 'verify.now_mode'),
		logs: logs.map(({ year, vkey }) => ({ year, vkey, checkpoint: `/log/${year}/checkpoint` })),
		checkpoint: newest?.note.trimEnd().split('\n') ?? null,
		command: `node check-proof.mjs entry.json receipt.tlog-proof '${newest?.vkey ?? '…'}'`,
		fsck: `fsck --storage_url=${library.origin}/log/${newest?.year ?? '…'}/ --public_key=log.vkey --ui=false`,
	};
}
