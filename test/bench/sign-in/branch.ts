import type { BranchRecord } from '@understory/core/register.ts';
import { listen } from '@understory/http/server.ts';
import { type Place, townOfBranches } from '../town-of-branches.ts';
import { served } from './served.ts';

served<Place, { branch: BranchRecord }>(async (place) => {
	const town = await townOfBranches(1, undefined, place);
	const open = await town.open(0);
	const server = await listen((request, response) => open.handle(request, response), { port: place.port });
	return {
		started: { branch: { ...town.desired(0).branch, branch_key: open.status().branch_key! } },
		async close() {
			await server.close();
			await town.close();
		},
	};
});
