import type { Policy } from './rule.ts';

/**
 * The rules a library begins with: objective, viewpoint-neutral, each with a test (reference/accountability.md 3.3, 3.4). A
 * library adopts them as its own by name and date; later versions replace, and never edit, these.
 */
export function starterPolicy(adoptedBy: string, effectiveOn: string): Policy {
	return {
		id: 'conduct',
		version: 1,
		adopted_by: adoptedBy,
		effective_on: effectiveOn,
		rules: [
			{
				id: 'no-threats',
				version: 1,
				title: { en: 'No threats', es: 'Sin amenazas' },
				text: {
					en: 'Do not say that you will hurt a person, or ask others to.',
					es: 'No diga que va a hacer daño a una persona ni pida a otros que lo hagan.',
				},
				test: {
					en: 'Does the post announce or call for harm to a person?',
					es: '¿El mensaje anuncia o pide un daño a una persona?',
				},
				greatest_first_action: 'account_suspended',
			},
			{
				id: 'no-private-information',
				version: 1,
				title: { en: 'No private information of others', es: 'Sin datos privados de otras personas' },
				text: {
					en: 'Do not post the home address, phone number, identity papers or borrowing record of somebody else.',
					es: 'No publique la dirección, el teléfono, los documentos ni los préstamos de otra persona.',
				},
				test: {
					en: 'Does the post give such a detail of somebody who did not publish it themselves?',
					es: '¿El mensaje da un dato así de alguien que no lo publicó?',
				},
				greatest_first_action: 'content_removed',
			},
			{
				id: 'no-advertising',
				version: 1,
				title: { en: 'No advertising', es: 'Sin publicidad' },
				text: {
					en: 'Do not use the branch to sell goods or services for money. Telling people about your shop once, when asked, is not advertising.',
					es: 'No use la sucursal para vender bienes o servicios. Hablar de su tienda una vez, si le preguntan, no es publicidad.',
				},
				test: {
					en: 'Does the post offer goods or services for money without anybody having asked?',
					es: '¿El mensaje ofrece bienes o servicios por dinero sin que nadie lo pida?',
				},
				greatest_first_action: 'content_hidden',
			},
			{
				id: 'no-flooding',
				version: 1,
				title: { en: 'No flooding', es: 'Sin inundar' },
				text: {
					en: 'Do not post the same thing again and again so that others cannot find their way.',
					es: 'No publique lo mismo una y otra vez de modo que los demás no encuentren lo suyo.',
				},
				test: {
					en: 'Were there more than three posts of the same content in one day?',
					es: '¿Hubo más de tres mensajes con el mismo contenido en un día?',
				},
				greatest_first_action: 'content_hidden',
			},
		],
	};
}
