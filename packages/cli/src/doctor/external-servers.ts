import type { Check } from './check.ts';

/** Servers on other software of which the public pages can only say what they said some days ago. */
export const checkExternalServers: Check = async ({ api, library: { slug } }) => {
	const { items } = await api.call('listExternalServers', { params: { library: slug } });
	return items.flatMap(({ state, host, fault, failing_since }) =>
		state === 'read'
			? []
			: [
					{
						where: slug,
						wrong: `${host} cannot be read since ${new Date(failing_since ?? 0).toISOString().slice(0, 10)} (${fault ?? 'unknown'}).`,
						mend: 'Look whether it runs and shows its rules without signing in; or take it off the list in the console, at Other servers of the library.',
					},
				],
	);
};
