import type { Fault } from '../check.ts';
import { askInside } from './ask-inside.ts';
import type { MachineCheck } from './machine-check.ts';

/** What a process says of itself is cut there. */
const LONGEST = 200;

/** Processes that are not there, or not ready. One is ready only when its tables are those of its version. */
export const checkProcesses: MachineCheck = async ({ processes }, { send }) => {
	const faults = await Promise.all(
		processes.map(async ({ name, url, mend }): Promise<Fault[]> => {
			const answer = await askInside(send, `${url}/readyz`);
			if (answer?.status === 200) return [];
			if (answer === null) return [{ where: name, wrong: `Nobody answers at ${url}.`, mend }];
			if (answer.status === 503)
				return [{ where: name, wrong: `It is not ready. ${answer.text.slice(0, LONGEST).trim()}`, mend }];
			const wrong = `Who answers at ${url} is somebody else: it has no /readyz.`;
			return [{ where: name, wrong, mend: `End what has the port. Then: ${mend}` }];
		}),
	);
	return faults.flat();
};
