import { TourAutomatic } from "@web_tour/js/tour_automatic/tour_automatic";

// A step may take this long, in milliseconds. Beside other work on two processors an
// answer that takes a second otherwise has taken more than the ten that Odoo waits.
TourAutomatic.prototype.timeout = 40000;
