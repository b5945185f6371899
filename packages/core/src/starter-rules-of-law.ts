import type { Rule } from './rule.ts';

/** Starter rules about what the law itself is about: harm, privacy, what nobody may host, whose name and whose work it is. */
export const STARTER_RULES_OF_LAW: readonly Rule[] = [
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
		examples_yes: {
			en: ['“Come to the parking lot at six and I will break your arm.”'],
			es: ['«Venga al estacionamiento a las seis y le rompo el brazo».'],
		},
		examples_no: {
			en: ['“I hope they lose the election.”', '“That idea deserves to die.”'],
			es: ['«Ojalá pierdan las elecciones».', '«Esa idea merece morir».'],
		},
		greatest_first_action: 'account_suspended',
		down_during_appeal: true,
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
		examples_yes: {
			en: ['The street and house number of a neighbor, with “she lives here”.'],
			es: ['La calle y el número de una vecina, con «vive aquí».'],
		},
		examples_no: {
			en: ['The office phone number that an agency prints on its letters.'],
			es: ['El teléfono de oficina que una agencia imprime en sus cartas.'],
		},
		greatest_first_action: 'content_removed',
		down_during_appeal: true,
	},
	{
		id: 'no-unlawful-content',
		version: 1,
		title: { en: 'Nothing the law forbids us to host', es: 'Nada que la ley nos prohíba alojar' },
		text: {
			en: 'Do not post sexual images of children, intimate images of somebody who did not agree, or what a court has ordered taken down.',
			es: 'No publique imágenes sexuales de menores, imágenes íntimas de alguien que no dio su permiso, ni lo que un tribunal haya ordenado retirar.',
		},
		test: {
			en: 'Is it one of these three, and which law or order says so?',
			es: '¿Es una de estas tres cosas, y qué ley u orden lo dice?',
		},
		examples_yes: {
			en: ['A post that an order of a court names by its address.'],
			es: ['Un mensaje que una orden judicial señala por su dirección.'],
		},
		examples_no: {
			en: ['A painting of a nude from the museum’s catalogue.'],
			es: ['Un desnudo pintado, del catálogo del museo.'],
		},
		greatest_first_action: 'content_removed',
		down_during_appeal: true,
	},
	{
		id: 'no-impersonation',
		version: 1,
		title: { en: 'Be yourself', es: 'Sea usted' },
		text: {
			en: 'Do not pretend to be another real person or an office in order to deceive. Jokes that say they are jokes are fine.',
			es: 'No se haga pasar por otra persona real o por una oficina para engañar. Las bromas que dicen que lo son están permitidas.',
		},
		test: {
			en: 'Would a reader who looks at the whole profile take it for that person or office?',
			es: '¿Un lector que mira todo el perfil creería que es esa persona u oficina?',
		},
		examples_yes: {
			en: ['A profile with the name and seal of the water office that asks for payments.'],
			es: ['Un perfil con el nombre y el sello de la oficina del agua que pide pagos.'],
		},
		examples_no: {
			en: ['“The water office’s leaky tap (a joke)”.'],
			es: ['«El grifo que gotea de la oficina del agua (una broma)».'],
		},
		greatest_first_action: 'content_labelled',
	},
	{
		id: 'copyright',
		version: 1,
		title: { en: 'Whose work it is', es: 'De quién es la obra' },
		text: {
			en: 'Do not post whole works of others without their permission. When an owner gives notice, you are told and can answer.',
			es: 'No publique obras enteras de otras personas sin su permiso. Si el dueño avisa, se lo decimos a usted y puede contestar.',
		},
		test: {
			en: 'Is there a complete notice from the owner, and no answer that contests it?',
			es: '¿Hay un aviso completo del dueño y ninguna respuesta que lo discuta?',
		},
		examples_yes: {
			en: ['A scan of every page of a novel, after a notice from its publisher.'],
			es: ['Todas las páginas escaneadas de una novela, después de un aviso de su editorial.'],
		},
		examples_no: {
			en: ['Three sentences of a novel in a review of it.'],
			es: ['Tres frases de una novela en una reseña de ella.'],
		},
		greatest_first_action: 'content_hidden',
	},
];
