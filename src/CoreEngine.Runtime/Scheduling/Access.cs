namespace CoreEngine.Runtime;

/// <summary>One variable of one operation, and the link of that variable's queue.</summary>
internal struct Access
{
    /// <summary>The variable.</summary>
    public Var Var;

    /// <summary>The next waiting operation in the variable's queue.</summary>
    public Operation? Next;

    /// <summary>Which of its accesses is meant.</summary>
    public int NextSlot;

    /// <summary>How the variable is used.</summary>
    public AccessKind Kind;

    /// <summary>Whether the variable has been granted to the operation.</summary>
    public bool Granted;
}
