import { CANCELLING, ENDED_ALREADY } from '../src/services/cancellable.ts';

const WHEN = {
	open: 'until it has ended',
	before: 'before',
	after: 'from then on',
	undoing: 'while it is taken back',
	ended: 'when it has ended',
} as const;

/** What can be cancelled, as a page of the docs has it. */
export function cancellingTable(): string {
	const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
	return [
		row(['operation', 'when', 'can be cancelled', 'what comes of it, or why not']),
		row(['---', '---', '---', '---']),
		...CANCELLING.map(({ kind, stage, may, why }) =>
			row([`\`${kind}\``, WHEN[stage], may ? 'yes' : 'no', why]),
		),
		row(['every kind', WHEN.ended, 'no', ENDED_ALREADY]),
	].join('\n');
}
