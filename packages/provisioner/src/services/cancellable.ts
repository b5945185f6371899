/** How far an operation is, as far as cancelling goes. `before` and `after` what cannot be taken back; `undoing` when somebody cancelled it; `open` all the time until it has ended. */
export type Stage = 'open' | 'before' | 'after' | 'undoing' | 'ended';

/** Whether an operation of a kind can be cancelled at a stage, and what comes of it or why not, in a sentence. */
export interface Cancelling {
	readonly kind: string;
	readonly stage: Stage;
	readonly may: boolean;
	readonly why: string;
}

const yes = (kind: string, stage: Stage, why: string): Cancelling => ({ kind, stage, may: true, why });
const no = (kind: string, stage: Stage, why: string): Cancelling => ({ kind, stage, may: false, why });

/**
 * Every kind of operation at every stage. The API and the console ask this table and no other; `docs/library-it/life.md` has it as it stands here, and the words of the
 * console are by kind and stage under `operations.cancel`.
 */
export const CANCELLING: readonly Cancelling[] = [
	yes(
		'import',
		'open',
		'Rows that were taken in stay; the others are not begun. It can be gone on with for a week.',
	),
	no('import_preview', 'open', 'It changes nothing, and has ended as soon as it is answered.'),
	yes('create', 'before', 'The branch is only listed again and nothing of it runs. It keeps its name.'),
	no('create', 'after', 'A home has the branch. When nobody wants it, close it for good.'),
	yes('provision', 'before', 'Branches that no home has yet are only listed again; the others go on.'),
	no('provision', 'after', 'Homes have all of the branches. When nobody wants one, close it for good.'),
	yes('back_up', 'open', 'What was copied so far is removed. The branch serves on.'),
	yes('restore', 'before', 'What was laid out is destroyed. The branch stays as it is.'),
	no(
		'restore',
		'after',
		'The branch is put in the place of the one before. Restore another copy when it serves.',
	),
	no('restore', 'undoing', 'It was cancelled, and its home destroys what it laid out.'),
	yes('move', 'before', 'The branch stays in its home, and what was carried is destroyed.'),
	no('move', 'after', 'The branch is about to serve in its new home. Move it back when it does.'),
	no('move', 'undoing', 'Nothing comes of it already, and what was carried is being destroyed.'),
	no('cancel_move', 'open', 'The move is being taken back. Move the branch again when it is.'),
	yes('upgrade', 'open', 'It ends after the home that it is at. Homes that were upgraded stay so.'),
	yes('undo_upgrade', 'open', 'It ends after the home that it is at. Homes that went back stay so.'),
	no('open', 'open', 'What is wanted is told to the branch at once. Suspend it, or announce that it closes.'),
	no('configure', 'open', 'What is wanted is told to the branch at once. Change it back.'),
	no('suspend', 'open', 'What is wanted is told to the branch at once. Open it again now.'),
	no('resume', 'open', 'What is wanted is told to the branch at once. Suspend it again.'),
	no('host', 'open', 'What is wanted is told to the branch at once. Name somebody else.'),
	no('wait', 'open', 'The day of the next step is written down. Name another day.'),
	no(
		'announce_quiet',
		'open',
		'It follows from nobody hosting the branch. Say who hosts it, or wait longer.',
	),
	no('quiet', 'open', 'It follows from nobody hosting the branch. Say who hosts it, or wait longer.'),
	no(
		'close',
		'open',
		'What is wanted is told to the branch at once. Opening it takes the announcement back.',
	),
	no(
		'rename',
		'open',
		'Opening the old branch takes the announcement back. The new one stays; close it like any other.',
	),
	no('retire', 'open', 'What is closed for good is never opened again.'),
	no('delete', 'open', 'The home destroys the folder, and may have done so already.'),
	no('privacy_report', 'open', 'It only counts, and ends by itself.'),
	no('sign_in_test', 'open', 'It only tries, and ends by itself.'),
	no('turn_signing_keys', 'open', 'The keys may be turned already. Turn them once more when it has ended.'),
	no(
		'withdraw_signing_keys',
		'open',
		'That they are withdrawn may be published already, and is never taken back.',
	),
];

/** What holds of every kind. */
export const ENDED_ALREADY = 'It has ended.';

/** The line of an operation. A kind that is not in the table cannot be cancelled. */
export function cancellingOf(kind: string, stage: Stage): Cancelling {
	if (stage === 'ended') return no(kind, stage, ENDED_ALREADY);
	return (
		CANCELLING.find((line) => line.kind === kind && line.stage === stage) ??
		no(kind, stage, 'An operation of this kind cannot be cancelled.')
	);
}
