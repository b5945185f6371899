import type { Send } from '@understory/api-client/send.ts';
import type { Fault } from '../check.ts';
import { askInside } from './ask-inside.ts';
import { withDatabase } from './database.ts';
import type { DatabaseHere, ProcessHere } from './installation.ts';
import type { MachineCheck } from './machine-check.ts';
import { KEEP } from './timekeeping.ts';

/** Milliseconds by which two clocks may differ. What is signed carries its time, and is refused where that is not now. */
const MOST_MS = 30_000;

/** Clocks of processes and databases that go otherwise than this computer's. */
export const checkClocks: MachineCheck = async ({ processes, databases }, { now, send }) => {
	const asked: [where: string, ask: () => Promise<number | null>][] = [
		...processes.map((one): [string, () => Promise<number | null>] => [
			one.name,
			() => timeAtProcess(send, one),
		]),
		...databases.map((one): [string, () => Promise<number | null>] => [
			`database of ${one.role}`,
			() => timeAtDatabase(one),
		]),
	];
	const faults: Fault[] = [];
	for (const [where, ask] of asked) {
		const before = now();
		const there = await ask();
		// Who does not answer is told by another check.
		if (there === null) continue;
		const seconds = Math.round(Math.max(before - there, there - now()) / 1000);
		if (seconds * 1000 <= MOST_MS) continue;
		const wrong = `Its clock and this computer’s are ${seconds} seconds apart.`;
		faults.push({ where, wrong, mend: `${KEEP}, on both.` });
	}
	return faults;
};

async function timeAtProcess(send: Send, { url }: ProcessHere): Promise<number | null> {
	const { date } = (await askInside(send, `${url}/readyz`))?.headers ?? {};
	return Date.parse(date ?? '') || null;
}

async function timeAtDatabase({ url }: DatabaseHere): Promise<number | null> {
	return withDatabase(url, async (client) => {
		const { rows } = await client.query<{ at: Date }>('select clock_timestamp() as at');
		return rows[0]!.at.getTime();
	}).catch(() => null);
}
