import { _t } from "@web/core/l10n/translation";
import { deserializeDateTime, toLocaleDateString } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useBus, useService } from "@web/core/utils/hooks";
import { KeepLast } from "@web/core/utils/concurrency";
import { useFileUploader } from "@web/core/utils/files";
import { humanNumber } from "@web/core/utils/numbers";
import { FormViewDialog } from "@web/views/view_dialogs/form_view_dialog";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component, useEffect, useRef, useState } from "@odoo/owl";

const ICONS = {
    pdf: "fa-file-pdf-o",
    spreadsheet: "fa-file-excel-o",
    presentation: "fa-file-powerpoint-o",
    picture: "fa-file-image-o",
    recording: "fa-file-video-o",
    mail: "fa-envelope-o",
    archive: "fa-file-archive-o",
    document: "fa-file-text-o",
    link: "fa-link",
};

/** A number of bytes as people read it. */
function sizeText(size) {
    return `${humanNumber(size, { decimals: size < 1000 ? 0 : 1 })}B`;
}

/** Files by name, size and date; a click opens one with the reader's own rights. */
export class HandoverFileList extends Component {
    static template = "crm_handover_files.HandoverFileList";
    static props = { files: Array };

    icon(file) {
        return ICONS[file.kind] || "fa-file-o";
    }

    details(file) {
        const date = toLocaleDateString(deserializeDateTime(file.date));
        return file.size ? _t("%(size)s, %(date)s", { size: sizeText(file.size), date }) : date;
    }
}

/** The files of the record on a line. */
export class HandoverLineFiles extends Component {
    static template = "crm_handover_files.HandoverLineFiles";
    static components = { HandoverFileList };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.state = useState({ files: null });
        useEffect(
            (resId, count) => {
                this.load(resId, count);
            },
            () => [this.props.record.resId, this.props.record.data.file_count]
        );
    }

    get hidden() {
        return this.props.record.data.file_count - this.state.files.length;
    }

    get hiddenText() {
        return _t("Not listed, as you may not open them or there are too many: %s", this.hidden);
    }

    async load(resId, count) {
        this.state.files = null;
        if (resId && count) {
            this.state.files = await this.keepLast.add(
                this.orm.call("handover.request.line", "get_files", [[resId]])
            );
        }
    }
}

/** What goes along with a handover, what could stay behind, and the handover's own files. */
export class HandoverFiles extends Component {
    static template = "crm_handover_files.HandoverFiles";
    static components = { HandoverFileList };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.uploadFile = useFileUploader();
        this.input = useRef("input");
        this.keepLast = new KeepLast();
        this.state = useState({ answer: null, failed: false, uploading: false, chosen: {} });
        useEffect(
            () => {
                this.load();
            },
            () => {
                const { resId, data } = this.props.record;
                return [resId, data.state, data.line_count];
            }
        );
        if (this.env.handover) {
            useBus(this.env.handover.bus, "RELOADED", () => this.load());
        }
    }

    get resId() {
        return this.props.record.resId;
    }

    get answer() {
        return this.state.answer;
    }

    get summaryText() {
        const { count, size, records } = this.answer.summary;
        return _t("Files: %(count)s (%(size)s). Records with files: %(records)s.", {
            count,
            size: sizeText(size),
            records,
        });
    }

    get looseText() {
        const { count, size } = this.answer.loose;
        return _t("Files: %(count)s (%(size)s)", { count, size: sizeText(size) });
    }

    get movable() {
        const { can_add, rows } = this.answer.loose;
        return can_add ? rows.filter((row) => !row.gone) : [];
    }

    get chosenIds() {
        return this.movable.map((row) => row.id).filter((id) => this.state.chosen[id]);
    }

    get hiddenLinks() {
        return this.answer.links.count - this.answer.links.rows.length;
    }

    get hiddenLinksText() {
        return _t("Not listed here: %s", this.hiddenLinks);
    }

    size(row) {
        return sizeText(row.size);
    }

    async load() {
        if (!this.resId) {
            return;
        }
        try {
            this.state.answer = await this.keepLast.add(
                this.orm.silent.call("handover.request", "get_files", [[this.resId]])
            );
            this.state.failed = false;
        } catch {
            this.state.failed = true;
        }
    }

    choose(row, chosen) {
        this.state.chosen[row.id] = chosen;
    }

    async addChosen() {
        await this.orm.call("handover.request", "add_files", [[this.resId], this.chosenIds]);
        this.state.chosen = {};
        await this.reload();
    }

    /** Upload as the chatter does: who reads the handover may add to it. */
    async upload() {
        this.state.uploading = true;
        try {
            for (const file of this.input.el.files) {
                await this.uploadFile("/mail/attachment/upload", {
                    csrf_token: odoo.csrf_token,
                    thread_model: this.props.record.resModel,
                    thread_id: this.resId,
                    ufile: [file],
                });
            }
        } catch (error) {
            this.notification.add(error.message, { type: "danger" });
        } finally {
            this.state.uploading = false;
            this.input.el.value = null;
        }
        await this.reload();
    }

    /** The chatter lists the files of the handover as well. */
    async reload() {
        await this.load();
        await this.props.record.load();
    }

    openLine(row) {
        this.dialog.add(FormViewDialog, {
            resModel: "handover.request.line",
            resId: row.line_id,
            title: _t("Record"),
            canExpand: false,
            preventCreate: true,
            size: "lg",
        });
    }
}

/** A number of bytes, as people read it. */
export class HandoverFileSize extends Component {
    static template = "crm_handover_files.HandoverFileSize";
    static props = { ...standardFieldProps };

    get text() {
        const size = this.props.record.data[this.props.name];
        return size ? sizeText(size) : "";
    }
}

registry.category("fields").add("handover_file_size", {
    component: HandoverFileSize,
    supportedTypes: ["integer", "float"],
});
registry.category("view_widgets").add("handover_line_files", {
    component: HandoverLineFiles,
    fieldDependencies: [{ name: "file_count", type: "integer", readonly: true }],
});
registry.category("view_widgets").add("handover_files", {
    component: HandoverFiles,
    fieldDependencies: [
        { name: "state", type: "selection", readonly: true },
        { name: "line_count", type: "integer", readonly: true },
    ],
});
