import { registry } from "@web/core/registry";

// The people and records are those of tests/tours/test_training.py.
const tours = registry.category("web_tour.tours");

const inDialog = (button) => ({
    trigger: `.modal-footer ${button}`,
    run: "click",
});
const noDialog = { trigger: "body:not(:has(.modal))" };
const openPage = { trigger: ".o_notebook a[name=plan]", run: "click" };

tours.add("handover_training_plan", {
    steps: () => [
        openPage,
        { trigger: ".o_field_widget[name=training_topic_ids]:contains(Customers)" },
        {
            content: "a topic of one's own",
            trigger: ".o_notebook button:contains(Add a Topic)",
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=name] input", run: "edit Prices" },
        inDialog(".o_form_button_save"),
        noDialog,
        { trigger: ".o_field_widget[name=training_topic_ids]:contains(Prices)" },
        {
            trigger: ".o_notebook button:contains(Plan a Session)",
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=topic_ids]:contains(Prices)" },
        { trigger: ".modal .o_field_widget[name=trainer_id] input:value(Anna Home)" },
        inDialog("button[name=action_plan]"),
        noDialog,
        { trigger: ".o_field_widget[name=training_ids] .badge:contains(Planned)" },
    ],
});

tours.add("handover_training_attendance", {
    steps: () => [
        openPage,
        {
            trigger: ".o_field_widget[name=training_ids] .o_handover_mark_attendance",
            run: "click",
        },
        {
            trigger:
                ".modal .o_field_widget[name=user_ids] .o_tag, .modal .o_field_widget[name=user_ids] .o_avatar",
        },
        inDialog("button[name=action_mark]"),
        noDialog,
        {
            trigger:
                ".o_field_widget[name=training_ids]:not(:has(.o_handover_mark_attendance)) .badge",
        },
        {
            trigger: ".o_field_widget[name=training_ids] button[name=action_open]",
            run: "click",
        },
        { trigger: ".o_form_view .o_field_widget[name=material_ids] .o_attach" },
    ],
});

const star = (topic, moment, number, state = "") =>
    `> div:contains(${topic}) [data-moment=${moment}] button${state}:nth-of-type(${number})`;
const rate = (topic, moment, number) => [
    { trigger: `.o_handover_self_rating ${star(topic, moment, number)}`, run: "click" },
    {
        trigger: `.o_handover_self_rating ${star(topic, moment, number, "[aria-pressed=true]")}`,
    },
];
// on a computer and on a phone
tours.add("handover_training_sign", {
    steps: () => [
        {
            content: "two taps",
            trigger: ".o_form_view .alert-warning button[name=action_rate_training]",
            run: "click",
        },
        ...rate("Customers", "before", 2),
        {
            trigger: ".modal-footer .btn-secondary",
            run: "click",
        },
        noDialog,
        openPage,
        {
            content: "what was rated in the dialog is kept",
            trigger: `.o_handover_self_rating ${star(
                "Customers",
                "before",
                2,
                "[aria-pressed=true]"
            )}`,
        },
        ...rate("Customers", "after", 5),
        ...rate("Deals", "after", 4),
        {
            trigger: ".o_notebook button.o_handover_sign_training",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=comment] textarea",
            run: "edit Two weeks together",
        },
        inDialog("button[name=action_sign]"),
        noDialog,
        {
            trigger: ".o_form_view:not(:has(.alert-warning button[name=action_rate_training]))",
        },
    ],
});

tours.add("handover_training_waive", {
    steps: () => [
        {
            trigger: ".o_form_view .alert-warning button.o_handover_waive_training",
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=reason] textarea", run: "edit He knows it all" },
        inDialog("button[name=action_waive]"),
        noDialog,
        { trigger: ".o_statusbar_status [data-value=done].o_arrow_button_current" },
        openPage,
        { trigger: ".o_field_widget[name=training_waiver]:contains(He knows it all)" },
    ],
});
