/// The row is held by another worker, or is not there any more: what was done for it is not to be kept.
package struct LeaseLost: Error {
    package init() {}
}
