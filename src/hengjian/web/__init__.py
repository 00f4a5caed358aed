"""The web door (衡鉴网上填报): declare, import, review, freeze, self-evaluate, disclose. Manners, no knowledge.

``config`` the settings and the map of addresses · ``people`` who, where in the organisation tree, who may do what ·
``journal`` the hash-chained record of every change · ``library`` indicators, regulations, schemes · ``projects`` the forms
of each stage and their way through review · ``evidence`` documents taken in and files behind the numbers · ``public``
what is disclosed. Whatever is known about forms, rules and scores is asked of the desk.
"""
