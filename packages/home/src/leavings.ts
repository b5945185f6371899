import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Conflict, Unavailable } from '@understory/core/errors.ts';
import type { LeavingOrder } from '@understory/core/moving.ts';
import { writeWhole } from './files.ts';

interface Note {
	readonly stage: LeavingOrder['stage'];
	/** Of the folder here; it and older ones never speak again once they `left`. */
	readonly epoch: number;
	/** When the order was given: one that is sent again after a later one says nothing. */
	readonly issued: number;
}

/** Branches that are leaving this home, or have left it: written down, so that a home that is killed knows it when it comes back. */
export interface Leavings {
	/** Is it closed to everybody, while the last changes are carried over? */
	isClosed(branch: string): boolean;
	/** Has it left, and not come back since? */
	hasLeft(branch: string): boolean;
	/** The folder a branch had when it left, and older ones, are of this epoch or below; null for one that has not left. */
	leftEpoch(branch: string): number | null;
	/** Throws `Conflict` for an order that a later one took the place of, and for a branch that has left. */
	note(order: Pick<LeavingOrder, 'branch' | 'stage' | 'epoch' | 'issued'>): void;
	/** It is back, under a newer epoch, or nothing of it is here any more. */
	forget(branch: string): void;
}

/** For so long others are asked to wait, in seconds: what is carried over in the end is little. */
const COME_AGAIN = 30;

/** What everybody is told while a branch is carried to another home. */
export function movingError(): Unavailable {
	return new Unavailable('This branch is moving to another home. Nothing is lost.', 'moving', {
		retryAfter: COME_AGAIN,
	});
}

export function openLeavings(folder: string): Leavings {
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	const notes = new Map(
		readdirSync(folder)
			.filter((name) => !name.endsWith('.new'))
			.map((branch) => [branch, JSON.parse(readFileSync(join(folder, branch), 'utf8')) as Note]),
	);
	return {
		isClosed: (branch) => notes.get(branch)?.stage === 'closed',
		hasLeft: (branch) => notes.get(branch)?.stage === 'left',
		leftEpoch(branch) {
			const known = notes.get(branch);
			return known?.stage === 'left' ? known.epoch : null;
		},
		note({ branch, stage, epoch, issued }) {
			const known = notes.get(branch);
			if (known?.stage === 'left' && epoch <= known.epoch) {
				if (stage === 'left') return;
				throw new Conflict('This branch has left this home.', 'left');
			}
			if (known && issued < known.issued) throw new Conflict('A later order was carried out.', 'order');
			const note: Note = { stage, epoch, issued };
			writeWhole(join(folder, branch), JSON.stringify(note));
			notes.set(branch, note);
		},
		forget(branch) {
			if (!notes.delete(branch)) return;
			rmSync(join(folder, branch), { force: true });
		},
	};
}
