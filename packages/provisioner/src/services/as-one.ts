import type { Context } from '../context.ts';
import { addAudit } from '../store/access.ts';

/** Who does what to what, as the audit has it. */
export interface ActLine {
	readonly actor: string;
	readonly act: string;
	readonly subject: string;
}

/**
 * Carries out what somebody asked for as one transaction, which the line that says who did it is part of: both are there, or neither is. `work` gets the context it
 * writes with, and must ask nobody outside: a connection waits for it. Steps are told of when everything is written. Throws what `work` throws, with nothing done.
 */
export async function asOne<T>(
	context: Context,
	line: ActLine,
	work: (inside: Context) => Promise<T>,
): Promise<T> {
	const steps: string[] = [];
	const outcome = await context.database.transaction(async (transaction) => {
		const inside = { ...context, database: transaction, afterStep: (step: string) => void steps.push(step) };
		const done = await work(inside);
		await addAudit(transaction, { at: context.clock.now(), ...line });
		return done;
	});
	for (const step of [...steps, 'act_written']) context.afterStep(step);
	return outcome;
}
