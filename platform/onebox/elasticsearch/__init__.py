"""One Elasticsearch node without a container, out of Maven Central, for tests and measurements."""

from onebox.elasticsearch.building import HOW_TO_GET, build_node, find_missing_tools
from onebox.elasticsearch.node import ElasticsearchNode, start_node

__all__ = ["HOW_TO_GET", "ElasticsearchNode", "build_node", "find_missing_tools", "start_node"]
