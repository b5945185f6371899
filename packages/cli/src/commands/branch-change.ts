import type { Address, BranchChange, Location } from '@understory/api-client/api.ts';
import { BadInput } from '@understory/core/errors.ts';
import { locationWritten } from '@understory/core/location.ts';
import { type Command, Option } from 'commander';
import { textsByLanguage } from '../language-text.ts';
import type { Session } from '../parts.ts';
import { follow } from '../progress.ts';
import { branchActs, type Waiting } from './branch-acts.ts';

/** `understory branch change`: what is wanted of a branch otherwise than before. */
export function branchChange(branch: Command, session: Session): void {
	branchActs(branch, session)
		.command('change')
		.option('--name <name>', 'its name for people')
		.option('--street <street>')
		.option('--city <city>')
		.option('--region <region>')
		.option('--postcode <postcode>')
		.option('--phone <phone>')
		.option('--no-phone', 'it has none')
		.option('--location <north,east>', 'where it stands, in degrees, such as 45.515,-122.679')
		.option('--no-location', 'where it stands is not known')
		.option('--cloth <cloth>', 'the cloth of its pages')
		.option('--appeals-to <partner>', 'who outside the branch decides appeals')
		.addOption(new Option('--exchange <mode>', 'with whom it exchanges posts').choices([...EXCHANGES]))
		.addOption(new Option('--teens-public <yes-or-no>', 'may teens post for everyone').choices(['yes', 'no']))
		.option('--totals-only <language=text...>', 'publish sums of its decisions only, and why')
		.option('--no-totals-only', 'publish its decisions one by one')
		.option('--not-closing', 'take away the proposal to close it, which an import made')
		.description('change what is wanted of a branch; what is not said stays as it is')
		.action(async (library: string, slug: string, given: Given) => {
			const said = changeOf(given);
			const moved = addressIn(given);
			if (Object.keys({ ...said, ...moved }).length === 0)
				throw new BadInput('Say what is to be changed, such as --name.');
			const api = session.api();
			const params = { library, branch: slug };
			const body =
				Object.keys(moved).length === 0
					? said
					: { ...said, address: { ...(await api.call('getBranch', { params })).address, ...moved } };
			const begun = await api.call('changeBranch', { params, body });
			await follow(session, api, begun, given.wait);
		});
}

const EXCHANGES = [
	'closed',
	'neighborhood',
	'cautious',
	'open',
] as const satisfies BranchChange['federation'][];

/** `false` of an option is its `--no-…`. */
interface Given extends Waiting {
	readonly name?: string;
	readonly street?: string;
	readonly city?: string;
	readonly region?: string;
	readonly postcode?: string;
	readonly phone?: string | false;
	readonly location?: string | false;
	readonly cloth?: string;
	readonly appealsTo?: string;
	readonly exchange?: (typeof EXCHANGES)[number];
	readonly teensPublic?: 'yes' | 'no';
	readonly totalsOnly?: readonly string[] | false;
	readonly notClosing?: boolean;
}

function changeOf(given: Given): BranchChange {
	const { name, phone, location, cloth, appealsTo, exchange, teensPublic, totalsOnly, notClosing } = given;
	return {
		...(name !== undefined && { name }),
		...(phone !== undefined && { phone: phone === false ? null : phone }),
		...(location !== undefined && { location: location === false ? null : locationIn(location) }),
		...(cloth !== undefined && { cloth }),
		...(appealsTo !== undefined && { appeal_partner: appealsTo }),
		...(exchange !== undefined && { federation: exchange }),
		...(teensPublic !== undefined && { teens_public: teensPublic === 'yes' }),
		...(totalsOnly !== undefined && {
			totals_only: totalsOnly === false ? null : textsByLanguage('--totals-only', totalsOnly),
		}),
		...(notClosing && { proposed_closing: null }),
	};
}

/** What is said of an address; the platform takes it whole, so the rest is as it was. */
function addressIn({ street, city, region, postcode }: Given): Partial<Address> {
	return {
		...(street !== undefined && { street }),
		...(city !== undefined && { city }),
		...(region !== undefined && { region }),
		...(postcode !== undefined && { postcode }),
	};
}

/** A place in degrees, as people write it. Throws `BadInput`. */
function locationIn(text: string): Location {
	const [north = '', east = '', ...more] = text.split(',');
	const location = more.length === 0 ? locationWritten(north, east) : null;
	if (!location) throw new BadInput(`Write --location as 45.515,-122.679, not "${text}".`);
	return location;
}
