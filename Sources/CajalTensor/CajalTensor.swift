// How many threads work takes is a matter of tensors, for whoever uses them.
@_exported public import enum CajalSupport.Threads
