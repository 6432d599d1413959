package io.quorumvault.api.http;

import io.quorumvault.FailureCode;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// The failures an operation has of its own, for the contract. Those that follow from what an
/// operation looks like are not listed: `ContractFilter` knows which a body, a condition, an
/// idempotency key or the need of a token bring with them.
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface Refusals {
  FailureCode[] value();
}
