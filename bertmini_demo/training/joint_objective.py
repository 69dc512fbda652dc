"""Fine-tuning with masked-language modelling as a second objective: label and masked pieces from one forward pass.

To predict a masked word of the hypothesis the model attends to the premise, as it must for the label; with few pairs, the
label alone teaches this slowly. Half of the rows stay unmasked, as they are at inference.
"""

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    BertModel,
    BertPreTrainedModel,
    DataCollatorForLanguageModeling,
    DataCollatorWithPadding,
)
from transformers.modeling_outputs import SequenceClassifierOutput
from transformers.models.bert.modeling_bert import BertOnlyMLMHead

MASK_WEIGHT = 0.25  # of the masked-language loss, which is about four times the classification loss


class JointClassifier(BertPreTrainedModel):
    """A classifier of pairs with a masked-language head on the same encoder."""

    _tied_weights_keys = {
        "cls.predictions.decoder.weight": "bert.embeddings.word_embeddings.weight",
        "cls.predictions.decoder.bias": "cls.predictions.bias",
    }

    def __init__(self, config: BertConfig) -> None:
        super().__init__(config)
        self.num_labels = config.num_labels
        self.bert = BertModel(config)
        self.dropout = torch.nn.Dropout(config.hidden_dropout_prob)
        self.classifier = torch.nn.Linear(config.hidden_size, config.num_labels)
        self.cls = BertOnlyMLMHead(config)
        self.post_init()

    def get_output_embeddings(self) -> torch.nn.Module:
        """The layer that scores the vocabulary; transformers ties its weights to the word embeddings."""
        return self.cls.predictions.decoder

    def forward(self, input_ids, attention_mask, token_type_ids, labels, masked) -> SequenceClassifierOutput:
        """``masked``: (pairs, tokens), the original piece at each masked position, -100 elsewhere."""
        hidden, pooled = self.bert(input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids)[
            :2
        ]
        logits = self.classifier(self.dropout(pooled))
        positions = masked != -100
        filled = self.cls(hidden[positions])  # (masked positions, vocabulary)
        loss = cross_entropy(logits, labels)
        if len(filled):
            loss = loss + MASK_WEIGHT * cross_entropy(filled.float(), masked[positions])
        return SequenceClassifierOutput(loss=loss, logits=logits)

    def as_classifier(self) -> BertForSequenceClassification:
        """The same weights without the language model's head."""
        classifier = BertForSequenceClassification(self.config)
        expected = classifier.state_dict().keys()
        classifier.load_state_dict(
            {name: value for name, value in self.state_dict().items() if name in expected}
        )
        return classifier


class MaskHalfOfTheRows:
    """Pads a batch and masks pieces in about half of its rows."""

    def __init__(self, tokenizer, *, share: float) -> None:
        self.pad = DataCollatorWithPadding(tokenizer)
        self.mask = DataCollatorForLanguageModeling(tokenizer, mlm_probability=share)
        self.special = torch.tensor(tokenizer.all_special_ids)

    def __call__(self, rows: list[dict]) -> dict[str, Tensor]:
        batch = self.pad(rows)
        original = batch["input_ids"]
        special = torch.isin(original, self.special)
        changed, masked = self.mask.torch_mask_tokens(original.clone(), special_tokens_mask=special)
        chosen = torch.rand(len(original), 1) < 0.5
        batch["input_ids"] = torch.where(chosen, changed, original)
        batch["masked"] = torch.where(chosen, masked, -100)
        return batch
