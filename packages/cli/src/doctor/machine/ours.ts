import type { Send } from '@understory/api-client/send.ts';
import { Unavailable } from '@understory/core/errors.ts';
import { askInside } from './ask-inside.ts';
import type { Door } from './installation.ts';
import type { MachineCheck } from './machine-check.ts';

/** A name that nobody has (RFC 2606 section 2). */
const NOBODYS = 'understory-doctor.invalid';

/** Does the provisioner call a name ours, as the proxy asks it? Null when nobody answers. */
export async function isOurs(send: Send, { provisioner }: Door, name: string): Promise<boolean | null> {
	const answer = await askInside(send, `${provisioner}/internal/v1/edge/ours?domain=${name}`);
	return answer === null || answer.status >= 500 ? null : answer.status === 200;
}

/** What the proxy is told when it asks whether a name is ours, on which every certificate rests. */
export const checkOurs: MachineCheck = async ({ door }, { send }) => {
	if (door === null) return [];
	const [own, foreign] = await Promise.all([isOurs(send, door, door.console), isOurs(send, door, NOBODYS)]);
	if (own === null || foreign === null)
		throw new Unavailable(`Nobody answers “is this ours?” at ${door.provisioner}.`, 'no_answer');
	return [
		...(own
			? []
			: [
					{
						where: door.console,
						wrong: 'The provisioner does not call it ours, so it gets no certificate.',
						mend: 'Is UNDERSTORY_DOMAIN in provisioner.env what it was? Then: systemctl restart understory-provisioner',
					},
				]),
		...(foreign
			? [
					{
						where: NOBODYS,
						wrong: 'The provisioner calls it ours. Anybody could have certificates made here.',
						mend: 'Something else listens in its place: see with ss -ltnp who has the port, and end it.',
					},
				]
			: []),
	];
};
