"""What people write, in headers, links and names of files."""

from odoo.addons.crm_handover.evidence import texts

from ..common import HandoverCommon

BAD_LINKS = (
    "javascript:alert(1)", "JavaScript:alert(1)", " javascript:alert(1)",
    "java\nscript:alert(1)", "java\tscript:alert(1)", "\x01javascript:alert(1)",
    "data:text/html,x", "vbscript:x", "file:///etc/passwd", "//evil.test/a",
    "https://home.test/\u202ea", "http://[", "", None, False, "a b",
)  # fmt: skip
GOOD_LINKS = (
    "https://home.test/a?b=c#d", "http://home.test", "mailto:anna@home.test",
    "ftp://home.test/a", "/web/content/5?download=true",
)  # fmt: skip


class TestTexts(HandoverCommon):
    def test_examples(self):
        self.assertExamples(texts, at_least=5)

    def test_links(self):
        for address in BAD_LINKS:
            self.assertEqual(texts.link(address), "", address)
        for address in GOOD_LINKS:
            self.assertEqual(texts.link(address), address)

    def test_each_header_of_a_mail_is_one_line(self):
        server, bad = self.env["ir.mail_server"], "A\r\nBcc: x@home.test\x00\u202e"
        mail = server._build_email__(
            f"{bad} <a@home.test>", [f"{bad} <b@home.test>"], bad, "Text",
            reply_to=f"{bad} <c@home.test>", email_cc=[f"{bad} <d@home.test>"],
        )  # fmt: skip
        head = mail.as_bytes().partition(b"\n\n")[0].replace(b"\n ", b" ")
        self.assertFalse([row for row in head.split(b"\n") if row.startswith(b"Bcc")])
        for name in ("From", "To", "Cc", "Reply-To", "Subject"):
            self.assertNotRegex(str(mail[name]), "[\r\n\x00\u202e]")

    def test_notices_go_out_whatever_people_are_called(self):
        self.anna.name = "Anna\nBcc: x@home.test"
        self.bruno.name = "Bruno\r\n"
        before = self.env["mail.mail"].search([], order="id desc", limit=1).id
        self.make_request("transferred", self.make_lead(name="Deal\nX"))
        mails = self.env["mail.mail"].search([("id", ">", before)])
        self.assertTrue(mails)
        server = self.env["ir.mail_server"]
        for mail in mails:
            for email in mail._prepare_outgoing_list():
                server._build_email__(
                    mail.email_from, email["email_to"], email["subject"],
                    email["body"], reply_to=email["reply_to"],
                ).as_bytes()  # fmt: skip
