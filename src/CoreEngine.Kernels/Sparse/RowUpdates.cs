using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>
/// One step of an optimizer on the rows that a row-sparse gradient has: lazy, other rows see no decay either. Weight and
/// states store at least those rows.
/// </summary>
public static unsafe class RowUpdates
{
    /// <summary>Updates weights and states in place.</summary>
    /// <param name="rule">The rule with its hyperparameters.</param>
    /// <param name="gradient">The gradient's rows; changed by rules whose <see cref="IUpdateRule.ChangesGradient"/> says so.</param>
    /// <param name="weight">The weight.</param>
    /// <param name="state0">The first state, when the rule has one.</param>
    /// <param name="state1">The second state, when the rule has one.</param>
    /// <param name="state2">The third state, when the rule has one.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not a floating-point type.</exception>
    public static void Run<TRule>(
        TRule rule,
        in RowSparseMatrix gradient,
        in RowSparseMatrix weight,
        in RowSparseMatrix state0,
        in RowSparseMatrix state1,
        in RowSparseMatrix state2
    )
        where TRule : struct, IUpdateRule
    {
        var call = new Call<TRule>
        {
            Rule = rule,
            Gradient = gradient,
            Weight = weight,
            State0 = state0,
            State1 = state1,
            State2 = state2,
        };
        long grain = RowSparseElementwise.RowsWorthAThread(gradient);
        KernelTeam.Default.For(gradient.Stored, grain, &Call<TRule>.Run, Unsafe.AsPointer(ref call));
    }

    private struct Call<TRule>
        where TRule : struct, IUpdateRule
    {
        internal TRule Rule;
        internal RowSparseMatrix Gradient;
        internal RowSparseMatrix Weight;
        internal RowSparseMatrix State0;
        internal RowSparseMatrix State1;
        internal RowSparseMatrix State2;

        internal static void Run(void* state, long start, long end)
        {
            ref Call<TRule> call = ref Unsafe.AsRef<Call<TRule>>(state);
            RowSparseMatrix gradient = call.Gradient;
            long row = gradient.Indices[start];
            var weight = new RowCursor(call.Weight, row);
            var state0 = new RowCursor(TRule.StateCount > 0 ? call.State0 : default, row);
            var state1 = new RowCursor(TRule.StateCount > 1 ? call.State1 : default, row);
            var state2 = new RowCursor(TRule.StateCount > 2 ? call.State2 : default, row);
            for (long i = start; i < end; i++)
            {
                row = gradient.Indices[i];
                byte* target = weight.MoveTo(row);
                Updates.Run(
                    call.Rule,
                    gradient.DType,
                    target,
                    gradient.Row(i),
                    state0.MoveTo(row),
                    state1.MoveTo(row),
                    state2.MoveTo(row),
                    target,
                    gradient.RowLength
                );
            }
        }
    }

    /// <summary>Walks a matrix that stores the rows that are asked for, in ascending order.</summary>
    private struct RowCursor
    {
        private readonly RowSparseMatrix _matrix;
        private readonly bool _isWhole;
        private long _place;

        internal RowCursor(in RowSparseMatrix matrix, long row)
        {
            _matrix = matrix;
            _isWhole = matrix.Stored == matrix.Rows;
            _place = _isWhole ? 0 : matrix.FirstFrom(row);
        }

        /// <summary>The values of a row; null when there is no matrix.</summary>
        internal byte* MoveTo(long row)
        {
            if (_matrix.Values is null)
                return null;
            if (_isWhole)
                return _matrix.Row(row);
            while (_matrix.Indices[_place] < row)
            {
                _place++;
            }

            return _matrix.Row(_place);
        }
    }
}
