import { setImmediate as breathe } from 'node:timers/promises';
import { Unavailable } from '@understory/core/errors.ts';
import { isLive, mayFederate } from '@understory/core/stage.ts';
import type { BranchContext } from '../context.ts';
import {
	changeImport,
	finishRow,
	type Import,
	type ImportRow,
	nextImport,
	nextRowAt,
	putOffHost,
	removeImport,
	waitingRows,
} from '../store/imports.ts';
import { type Person, personById } from '../store/people.ts';
import { askFor, end, knownFor, type Left, type Named, reasonOf, take } from './import-lines.ts';

const MINUTE = 60_000;
/** In one run so many lines are done, so many servers are asked, and for so long at most, in milliseconds. */
const LINES = 100;
const ASKED = 10;
const PATIENCE = 5_000;
/** Between two runs for one file, in milliseconds: about two look-ups a second, whatever somebody brings. */
const PAUSE = 5_000;
/** How often a server that does not answer is tried, and the wait between. */
const TRIES = 3;
const LATER = 10 * MINUTE;
/** How long a file waits while its owner's card, or the branch, does not let anything new begin. */
const HELD = 60 * MINUTE;
/** After so many lines, other work of the home gets a turn. */
const BREATH = 5;

/**
 * Goes on with the file that has waited longest, line by line: what a line does and that it is done are one transaction, so that a process killed
 * in between goes on where it was. Never rejects for a fault of another server.
 */
export async function bringIn(context: BranchContext): Promise<void> {
	const { store, clock } = context;
	const next = store.read((reading) => nextImport(reading));
	if (!next || next.due === null || next.due > clock.now()) return;
	const person = store.read((reading) => personById(reading, next.person));
	if (!person) {
		store.transact((writing) => removeImport(writing, next.id));
		return;
	}
	if (!mayGoOn(context, person)) {
		store.transact((writing) => changeImport(writing, next.id, { due: clock.now() + HELD }));
		return;
	}
	const until = clock.now() + PATIENCE;
	let asked = 0;
	for (const [at, row] of store
		.read((reading) => waitingRows(reading, next.id, clock.now(), LINES))
		.entries()) {
		if (at % BREATH === BREATH - 1) await breathe();
		if (asked >= ASKED || clock.now() > until) break;
		if (await doLine(context, person, next, row)) asked += 1;
	}
	store.transact((writing) => {
		const at = nextRowAt(writing, next.id);
		const now = clock.now();
		if (at !== null) changeImport(writing, next.id, { due: Math.max(at, now + PAUSE) });
		else changeImport(writing, next.id, { state: 'done', due: null, finished: now });
	});
}

/** When `bringIn` is to be called, or null. */
export function nextImportAt(context: Pick<BranchContext, 'store'>): number | null {
	return context.store.read((reading) => nextImport(reading))?.due ?? null;
}

function mayGoOn(context: BranchContext, person: Person): boolean {
	const { stage } = context.current.branch();
	return person.standing === 'full' && isLive(stage) && mayFederate(stage);
}

/** Whether another server was asked. */
async function doLine(context: BranchContext, person: Person, one: Import, row: ImportRow): Promise<boolean> {
	if (row.takes === 0) {
		settle(context, person, one, row, null);
		return false;
	}
	const known = knownFor(context, one.kind, row);
	if (known !== 'ask') {
		settle(context, person, one, row, known);
		return false;
	}
	try {
		settle(context, person, one, row, await askFor(context, one.kind, row));
	} catch (error) {
		if (!(error instanceof Unavailable) || row.host === null) throw error;
		const wait = { until: context.clock.now() + LATER, most: TRIES, reason: error.code };
		context.store.transact((writing) => putOffHost(writing, one.id, row.host!, wait));
	}
	return true;
}

/** Does what a line says and notes what became of it. `named` is null for what ends. */
function settle(
	context: BranchContext,
	person: Person,
	one: Import,
	row: ImportRow,
	named: Named | Left | null,
): void {
	const { store } = context;
	let left = named !== null && 'left' in named ? named.left : null;
	if (left === null) {
		try {
			store.transact((writing) => {
				const found = named as Named | null;
				const became =
					found === null
						? end(context, writing, person, one, row)
						: take(context, writing, person, one, row, found);
				finishRow(writing, one.id, row.n, became);
			});
			return;
		} catch (error) {
			left = reasonOf(error, one.kind).left;
		}
	}
	store.transact((writing) => finishRow(writing, one.id, row.n, 'left', left));
}
