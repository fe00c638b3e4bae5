from . import json
from . import portal
