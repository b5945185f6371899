import { BadInput } from '@understory/core/errors.ts';
import { HOSTING_DAYS } from '@understory/core/hosting.ts';
import type { Command } from 'commander';
import type { Session } from '../parts.ts';

/** `understory library hosting`: how long the branches of a library may be without a host. */
export function hostingDaysCommand(library: Command, session: Session): void {
	library
		.command('hosting')
		.argument('<library>')
		.option('--days <quiet,closing,over>', 'until a branch without a host is quiet, closes, and may end')
		.option('--usual', 'as long as holds when a library says nothing')
		.description('show how long branches may be without a host, or change it')
		.action(async (slug: string, { days, usual }: { days?: string; usual?: boolean }) => {
			if (usual && days !== undefined) throw new BadInput('Say --days or --usual.');
			const api = session.api();
			const params = { library: slug };
			const one =
				usual || days !== undefined
					? await api.call('changeLibrary', { params, body: { hosting_days: days ? daysIn(days) : null } })
					: await api.call('getLibrary', { params });
			const { quiet, closing, over } = one.hosting_days ?? HOSTING_DAYS;
			session.showOne(one, {
				library: one.slug,
				'without a host, quiet after': `${quiet} days`,
				'then announced to close after': `${closing} days`,
				'then may be closed for good after': `${over} days`,
			});
		});
}

function daysIn(text: string): { quiet: number; closing: number; over: number } {
	const [, quiet, closing, over] = /^(\d{1,3}),(\d{1,3}),(\d{1,3})$/.exec(text) ?? [];
	if (quiet === undefined) throw new BadInput(`Write three numbers of days as 14,30,90, not "${text}".`);
	return { quiet: Number(quiet), closing: Number(closing), over: Number(over) };
}
