import { BadInput } from '@understory/core/errors.ts';
import type { Command } from 'commander';
import type { Session } from '../parts.ts';
import { hoursIn } from './upgrades.ts';

/** `understory library backups`: how often the branches of a library are copied, and which copies are kept. */
export function scheduleCommand(library: Command, session: Session): void {
	library
		.command('backups')
		.argument('<library>')
		.option('--every <hours>', 'from one copy to the next')
		.option('--keep <days,weeks,months>', 'of how many of each one copy is kept', '7,4,12')
		.option('--hours <from-to>', 'only in these hours of the library’s own time, such as 1-5')
		.option('--off', 'copy only when somebody asks')
		.description('show how branches are backed up by themselves, or change it')
		.action(async (slug: string, { every, keep, hours, off }: Given) => {
			if (off && every !== undefined) throw new BadInput('Say --every or --off.');
			const api = session.api();
			const params = { library: slug };
			const schedule =
				every === undefined
					? null
					: { every_hours: Number(every), keep: keepIn(keep), hours: hours ? hoursIn(hours) : null };
			const one =
				off || schedule
					? await api.call('changeLibrary', { params, body: { backup_schedule: schedule } })
					: await api.call('getLibrary', { params });
			const now = one.backup_schedule;
			session.showOne(one, {
				library: one.slug,
				'a copy every': now ? `${now.every_hours} hours` : 'only when somebody asks',
				kept: now ? `${now.keep.daily} days, ${now.keep.weekly} weeks, ${now.keep.monthly} months` : null,
				hours: now?.hours ? `${now.hours.from}-${now.hours.to}` : null,
			});
		});
}

/** `understory library upgrades`: in which hours homes with branches of a library are upgraded. */
export function upgradeHoursCommand(library: Command, session: Session): void {
	library
		.command('upgrades')
		.argument('<library>')
		.option('--hours <from-to>', 'only in these hours of the library’s own time, such as 1-5')
		.option('--any-hour', 'in the hours that each upgrade says')
		.description('show in which hours the homes of its branches are upgraded, or change it')
		.action(async (slug: string, { hours, anyHour }: { hours?: string; anyHour?: boolean }) => {
			if (anyHour && hours !== undefined) throw new BadInput('Say --hours or --any-hour.');
			const api = session.api();
			const params = { library: slug };
			const isChange = anyHour || hours !== undefined;
			const body = { upgrade_hours: hours === undefined ? null : hoursIn(hours) };
			const one = isChange
				? await api.call('changeLibrary', { params, body })
				: await api.call('getLibrary', { params });
			const now = one.upgrade_hours;
			const said = now ? `${now.from}-${now.to}` : 'those of each upgrade';
			session.showOne(one, { library: one.slug, hours: said, zone: one.zone });
		});
}

interface Given {
	readonly every?: string;
	readonly keep: string;
	readonly hours?: string;
	readonly off?: boolean;
}

function keepIn(text: string): { daily: number; weekly: number; monthly: number } {
	const [, daily, weekly, monthly] = /^(\d{1,3}),(\d{1,3}),(\d{1,3})$/.exec(text) ?? [];
	if (daily === undefined) throw new BadInput(`Write days, weeks and months as 7,4,12, not "${text}".`);
	return { daily: Number(daily), weekly: Number(weekly), monthly: Number(monthly) };
}
